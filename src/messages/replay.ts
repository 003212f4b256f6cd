/**
 * Replays: messages that were set aside are put back to be normalized, after the format, the feed's options or the program
 * were mended. A replay is a row that this stage works through in bounded batches, so it survives a crash, shares the work
 * with new messages, and can be stopped at once from anywhere.
 */
import { type Database } from '../db/client.ts';
import { forgetErrors } from '../db/exceptions.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantId, type TenantTransaction, withTenant } from '../db/tenant.ts';

const COUNT = statement(import.meta.url, 'count-aside.sql');
const START = statement(import.meta.url, 'insert-replay.sql');
const STOP = statement(import.meta.url, 'stop-replays.sql');
const FIND = statement(import.meta.url, 'find-replay.sql');
const TAKE = statement(import.meta.url, 'take-replay.sql');
const NEXT = statement(import.meta.url, 'take-aside.sql');
const RELEASE = statement(import.meta.url, 'release-messages.sql');
const ADVANCE = statement(import.meta.url, 'advance-replay.sql');

/** Messages of one batch: what may still be on its way when a replay is stopped. */
const BATCH = 200;
/** While more messages than this wait to be normalized, a replay adds none. */
const MOST_WAITING = 1_000;

/** States that a replay can take messages from: nothing that they said counts. */
export const REPLAYABLE = ['HELD', 'REJECTED', 'QUARANTINED'] as const;

/** Which messages to put back. */
export interface ReplayFilter {
  states: readonly (typeof REPLAYABLE)[number][];
  feed?: string | null;
  since?: string | null;
  until?: string | null;
}

/** How many of a feed are in a state. */
export interface AsideCount {
  feed: string;
  state: string;
  count: number;
}

/** How a replay stands. */
export interface ReplayProgress {
  id: string;
  state: string;
  total: number;
  done: number;
}

/** Only what had been received when the replay was asked for. */
function untilOf({ until }: ReplayFilter, now: Date): string {
  const at = now.toISOString();
  return until != null && Date.parse(until) < now.getTime() ? until : at;
}

const count = (tx: TenantTransaction, filter: ReplayFilter, now: Date): Promise<AsideCount[]> =>
  run<AsideCount>(tx, COUNT, [
    tx.tenantId,
    filter.states,
    filter.feed ?? null,
    filter.since ?? null,
    untilOf(filter, now),
  ]);

/** What a replay would put back. */
export const countReplay = (db: Database, tenant: TenantId, filter: ReplayFilter, now: Date): Promise<AsideCount[]> =>
  withTenant(db, tenant, (tx) => count(tx, filter, now), { readOnly: true });

/** Asks for a replay. One that finds nothing is over at once. */
export function startReplay(
  db: Database,
  tenant: TenantId,
  filter: ReplayFilter,
  { name, reason, at }: { name: string; reason: string; at: Date },
): Promise<ReplayProgress> {
  const id = newId();
  return withTenant(db, tenant, async (tx) => {
    const total = (await count(tx, filter, at)).reduce((sum, one) => sum + one.count, 0);
    const { states, feed = null, since = null } = filter;
    await run(tx, START, [
      tx.tenantId,
      id,
      states,
      feed,
      since,
      untilOf(filter, at),
      total,
      at.toISOString(),
      name,
      reason,
    ]);
    return { id, state: total === 0 ? 'DONE' : 'RUNNING', total, done: 0 };
  });
}

/** Stops a replay, or all of the tenant. What it has put back already is normalized; nothing more is put back. */
export const stopReplays = (
  db: Database,
  tenant: TenantId,
  id: string | null,
  now: Date,
): Promise<Pick<ReplayProgress, 'id' | 'done' | 'total'>[]> =>
  withTenant(db, tenant, (tx) => run(tx, STOP, [tx.tenantId, id, now.toISOString()]));

/** How a replay stands; undefined = there is none of this id. */
export async function findReplay(db: Database, tenant: TenantId, id: string): Promise<ReplayProgress | undefined> {
  const [found] = await withTenant(db, tenant, (tx) => run<ReplayProgress>(tx, FIND, [tx.tenantId, id]), {
    readOnly: true,
  });
  return found;
}

/** Replays as a stage of the pipeline: one batch of the oldest one that runs. */
export const replayStage: Stage = { name: 'replay', run: replayBatch };

interface Running {
  id: string;
  states: string[];
  feed: string | null;
  since: string | null;
  until: string;
  lastId: string | null;
}

async function replayBatch(context: StageContext): Promise<number> {
  const done = await withTenant(context.db, context.tenant.id, async (tx) => {
    const [replay] = await run<Running>(tx, TAKE, [tx.tenantId, MOST_WAITING]);
    return replay === undefined ? 0 : putBack(tx, context, replay);
  });
  if (done > 0) fault.point('replay-committed');
  return done;
}

/** Puts a batch back, with what was said about its messages taken back; at least 1, for the replay has come further. */
async function putBack(tx: TenantTransaction, context: StageContext, replay: Running): Promise<number> {
  const { id, states, feed, since, until, lastId } = replay;
  const rows = await run<{ rawId: string }>(tx, NEXT, [tx.tenantId, states, feed, since, until, lastId, BATCH]);
  const ids = rows.map(({ rawId }) => rawId);
  if (ids.length > 0) {
    await forgetErrors(tx, tx.tenantId, ids);
    await run(tx, RELEASE, [tx.tenantId, ids]);
  }
  const over = ids.length < BATCH;
  const at = context.clock().toISOString();
  await run(tx, ADVANCE, [tx.tenantId, id, ids.length, ids.at(-1) ?? null, over, at]);
  fault.point('replay-in-transaction');
  return Math.max(1, ids.length);
}
