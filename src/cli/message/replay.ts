/** `hub message replay`: what was set aside is put back, after it was counted; `--stop` ends it at once from anywhere. */
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import type { Tenant } from '../../db/stage.ts';
import {
  countReplay,
  findReplay,
  REPLAYABLE,
  type ReplayFilter,
  type ReplayProgress,
  startReplay,
  stopReplays,
} from '../../messages/replay.ts';
import { PIPELINE } from '../../pipeline.ts';
import { drain } from '../../worker.ts';
import { FINDINGS, OK, print, printJson, progress, UsageError } from '../output.ts';
import { globals, withSession, type Session } from '../session.ts';
import { type FilterOptions, instantOf, namesOf, tenantsOf } from './options.ts';

const POLL_MS = 200;

interface ReplayOptions extends FilterOptions {
  state: string;
  reason: string;
  by?: string;
  dryRun?: boolean;
  yes?: boolean;
  stop?: boolean;
  json?: boolean;
}

interface Counted {
  tenant: Tenant;
  count: number;
}

async function stop(session: Session, options: ReplayOptions): Promise<number> {
  let stopped = 0;
  for (const tenant of tenantsOf(session.tenants, options.tenant))
    for (const one of await stopReplays(session.ingest, tenant.id, null, new Date())) {
      stopped += 1;
      if (options.json === true) printJson({ tenant: tenant.name, ...one, state: 'STOPPED' });
      else print(`${tenant.name}: stopped after ${one.done} of ${one.total}`);
    }
  if (stopped === 0) progress('no replay runs');
  return OK;
}

async function count(session: Session, filter: ReplayFilter, options: ReplayOptions): Promise<Counted[]> {
  const counted: Counted[] = [];
  for (const tenant of tenantsOf(session.tenants, options.tenant)) {
    const found = await countReplay(session.ingest, tenant.id, filter, new Date());
    for (const one of found) {
      if (options.json === true && options.dryRun === true) printJson({ tenant: tenant.name, ...one });
      else progress(`${tenant.name}/${one.feed}: ${one.count} ${one.state}`);
    }
    counted.push({ tenant, count: found.reduce((sum, one) => sum + one.count, 0) });
  }
  return counted.filter((one) => one.count > 0);
}

async function confirmed(total: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('say --yes to replay without being asked');
  const line = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await line.question(`Put ${total} messages back? [y/N] `);
  line.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Runs the replays to their end; the first Ctrl-C stops them. */
async function work(session: Session, running: readonly { tenant: Tenant; id: string }[]): Promise<ReplayProgress[]> {
  const clock = (): Date => new Date();
  const interrupt = (): void => {
    progress('stopping ...');
    for (const { tenant, id } of running) void stopReplays(session.ingest, tenant.id, id, clock());
  };
  process.once('SIGINT', interrupt);
  try {
    // A hub that runs beside may hold the batch of the moment: then its turn is waited for.
    for (;;) {
      for (const tenant of session.tenants)
        await drain(PIPELINE, { db: session.ingest, tenant, tenants: session.tenants, clock, formats: FORMATS });
      const found = await Promise.all(running.map(({ tenant, id }) => findReplay(session.ingest, tenant.id, id)));
      const ended = found.filter((one) => one !== undefined);
      if (ended.every(({ state }) => state !== 'RUNNING')) return ended;
      await sleep(POLL_MS);
    }
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function replay(session: Session, options: ReplayOptions): Promise<number> {
  if (options.stop === true) return stop(session, options);
  const now = new Date();
  const filter: ReplayFilter = {
    states: namesOf('state', options.state, REPLAYABLE),
    feed: options.feed ?? null,
    since: instantOf('since', options.since, now),
    until: instantOf('until', options.until, now),
  };
  const counted = await count(session, filter, options);
  const total = counted.reduce((sum, one) => sum + one.count, 0);
  if (total === 0) progress('nothing fits');
  if (total === 0 || options.dryRun === true) return OK;
  if (options.yes !== true && !(await confirmed(total))) return OK;
  const by = { name: options.by ?? userInfo().username, reason: options.reason, at: new Date() };
  const running: { tenant: Tenant; id: string }[] = [];
  for (const { tenant } of counted)
    running.push({ tenant, id: (await startReplay(session.ingest, tenant.id, filter, by)).id });
  progress(`${total} messages are put back in batches; hub message replay --stop ends it`);
  const ended = await work(session, running);
  for (const one of ended) {
    if (options.json === true) printJson(one);
    else print(`${one.id}: ${one.state}, ${one.done} of ${one.total} put back`);
  }
  const left = await count(session, { ...filter, until: now.toISOString() }, { ...options, json: false });
  return left.length > 0 ? FINDINGS : OK;
}

/** Adds the command. */
export function registerReplay(parent: Command): void {
  parent
    .command('replay')
    .description('read messages again that were set aside, after what kept them from being read was mended')
    .option('--tenant <name>', 'of this tenant only')
    .option('--feed <name>', 'of this feed')
    .option('--state <states>', 'HELD, REJECTED, QUARANTINED; several with commas', 'QUARANTINED')
    .option('--since <time>', 'received at or after: a day, an instant, or an age such as 24h')
    .option('--until <time>', 'received before')
    .option('--reason <text>', 'why; kept with the replay', 'replay')
    .option('--by <name>', 'who (default: the account that runs the command)')
    .option('--dry-run', 'only count')
    .option('--yes', 'do not ask')
    .option('--stop', 'stop all replays that run')
    .option('--json', 'one JSON object a replay, or a count')
    .action(async (options: ReplayOptions, command: Command) => {
      process.exitCode = await withSession(globals(command), (session) => replay(session, options));
    });
}
