/** `hub feed run`: polls a feed's place now; by the hub that is at it, else by this command until what is there is stored. */
import type { Command } from 'commander';
import { FORMATS } from '../../../adapters/index.ts';
import type { PollReport } from '../../../adapters/pickup/source.ts';
import { feedState, recordDecision } from '../../db/feed-decisions.ts';
import { leaseHolder } from '../../db/lease.ts';
import { withTenant } from '../../db/tenant.ts';
import { startPickup } from '../../file-feeds.ts';
import { PIPELINE } from '../../pipeline.ts';
import { createReceiver } from '../../receive/receiver.ts';
import { pickupLease } from '../../receive/turns.ts';
import { drain } from '../../worker.ts';
import { FAILURE, OK, print, progress, UsageError } from '../output.ts';
import { globals, type Session, withSession } from '../session.ts';
import { deciderOf, type DecisionOptions, declaredFeed, feedTenant } from './find.ts';

/** Looked at so often while files must be seen unchanged. */
const POLL_SECONDS = 1;

type Declared = ReturnType<typeof declaredFeed>;

/** What came of it: a hub was asked, or what this command itself stored. */
type Ran = { askedOf: string } | PollReport;

async function run(session: Session, directory: string, declared: Declared, options: DecisionOptions): Promise<Ran> {
  const { feed } = declared;
  const { ingest, tenants } = session;
  const tenant = await feedTenant(session, feed.feed);
  if ((await feedState(ingest, tenant.id, feed.feed)).paused)
    throw new UsageError(`${feed.feed} is paused; "hub feed resume ${feed.feed}" ends that`);
  const holder = await leaseHolder(ingest, pickupLease(tenant.id, feed.feed));
  await withTenant(ingest, tenant.id, (tx) =>
    recordDecision(tx, { ...deciderOf(options), feed: feed.feed, kind: 'RUN' }),
  );
  if (holder !== null) return { askedOf: holder };
  if ('fhir' in feed.source) throw new UsageError(`no hub polls ${feed.feed}: start one with "hub serve"`);
  const clock = (): Date => new Date();
  const receiver = createReceiver(ingest, { clock });
  const total = await pollUntilQuiet((onPoll) =>
    startPickup(
      {
        feed,
        tenant,
        intake: {
          directory,
          folder: declared.configuration.directory,
          db: ingest,
          receiver,
          tenants,
          clock,
          log: ({ detail }) => progress(String(detail ?? '')),
        },
      },
      { pollSeconds: POLL_SECONDS, onPoll },
    ),
  );
  for (const one of [tenant, ...tenants.filter(({ id }) => id !== tenant.id)])
    await drain(PIPELINE, { db: ingest, tenant: one, tenants, clock, formats: FORMATS });
  return total;
}

/** Polls until nothing waits to become stable, or a poll fails; answers the sum. */
async function pollUntilQuiet(
  start: (onPoll: (report: PollReport) => void) => { stop(): Promise<void> }[],
): Promise<PollReport> {
  const total: PollReport = { delivered: 0, refused: 0, waiting: 0, failure: null };
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = start(({ delivered, refused, waiting, failure }) => {
    Object.assign(total, { delivered: total.delivered + delivered, refused, waiting, failure });
    if (waiting === 0 || failure !== null) resolve();
  });
  await promise;
  for (const one of running) await one.stop();
  return total;
}

/** Adds the command. */
export function registerRun(feed: Command): void {
  feed
    .command('run')
    .description('fetch what a feed has to fetch now')
    .argument('<feed>', 'name of the feed')
    .option('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who asks (default: this account)')
    .action(async (name: string, options: DecisionOptions, command: Command) => {
      const declared = declaredFeed(globals(command), name);
      const { source } = declared.feed;
      if (!('sftp' in source || 'folder' in source || 'fhir' in source))
        throw new UsageError(`${name} has no place that anything is fetched from`);
      const { directory } = globals(command);
      const ran = await withSession(globals(command), (session) => run(session, directory, declared, options));
      if ('askedOf' in ran) print(`asked ${ran.askedOf}, which polls ${name} within a few seconds`);
      else print(`${ran.delivered} files stored and worked through, ${ran.refused} entries left alone`);
      process.exitCode = 'failure' in ran && ran.failure !== null ? FAILURE : OK;
    });
}
