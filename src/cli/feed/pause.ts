/** `hub feed pause|resume`: no fetching and no delivering for a while; what is there stays where it is. */
import type { Command } from 'commander';
import { recordDecision } from '../../db/feed-decisions.ts';
import { run, statement } from '../../db/statement.ts';
import { withTenant } from '../../db/tenant.ts';
import { OK, print, UsageError } from '../output.ts';
import { globals, withSession } from '../session.ts';
import { deciderOf, type DecisionOptions, declaredFeed, feedTenant } from './find.ts';

const SET_PAUSED = statement(import.meta.url, 'set-paused.sql');

async function setPaused(command: Command, name: string, paused: boolean, options: DecisionOptions): Promise<void> {
  const { feed } = declaredFeed(globals(command), name);
  if ('mllp' in feed.source)
    throw new UsageError(`${name} is sent to the hub (MLLP): only its sender can pause it; nothing was changed`);
  const changed = await withSession(globals(command), async (session) => {
    const tenant = await feedTenant(session, name);
    return withTenant(session.ingest, tenant.id, async (tx) => {
      const rows = await run(tx, SET_PAUSED, [tenant.id, name, paused]);
      if (rows.length > 0)
        await recordDecision(tx, { ...deciderOf(options), feed: name, kind: paused ? 'PAUSE' : 'RESUME' });
      return rows.length > 0;
    });
  });
  const state = paused ? 'paused: nothing is fetched, taken or delivered' : 'resumed';
  print(changed ? `${name} is ${state}` : `${name} ${paused ? 'is paused' : 'is not paused'} already`);
  process.exitCode = OK;
}

/** Adds the commands. */
export function registerPause(feed: Command): void {
  for (const verb of ['pause', 'resume'] as const)
    feed
      .command(verb)
      .description(verb === 'pause' ? 'stop fetching and delivering until it is resumed' : 'end a pause')
      .argument('<feed>', 'name of the feed')
      .option('--reason <text>', 'why; kept with the decision')
      .option('--by <name>', 'who decides (default: this account)')
      .action((name: string, options: DecisionOptions, command: Command) =>
        setPaused(command, name, verb === 'pause', options),
      );
}
