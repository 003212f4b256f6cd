/**
 * Normalize: payloads that wait are read by their feed's format and become canonical rows, with everything that later stages
 * must look at marked, in one transaction. A payload that cannot be processed never holds up the others.
 */
import { DatabaseError } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantTransaction, withTenant } from '../db/tenant.ts';
import type { FeedSettings, RawPayload, Unit } from './batch.ts';
import { type Outcome, readPayload, reasonOf } from './read-payload.ts';
import { type PlacedError, errorsOf, writeErrors } from './record-errors.ts';
import { recordset } from './recordset.ts';
import { reusedIds } from './reused-ids.ts';
import { PUBLIC_TENANT, writeBatch } from './write-batch.ts';

const TAKE = statement(import.meta.url, 'take-pending.sql');
const TAKE_AGAIN = statement(import.meta.url, 'take-again.sql');
const PAYLOADS = statement(import.meta.url, 'read-payloads.sql');
const FEEDS = statement(import.meta.url, 'read-feeds.sql');
const FINISH = statement(import.meta.url, 'finish-payloads.sql');
const ATTEMPTS = statement(import.meta.url, 'count-attempts.sql');

/** Bounds of a batch: enough to make statements worth their round trip, little enough to hold in memory. */
const MOST_PAYLOADS = 500;
const MOST_BYTES = 8 * 1024 * 1024;
/** Tries before a payload that keeps failing is set aside. */
const MOST_ATTEMPTS = 5;

/**
 * Every statement of this stage looks its rows up by key, from the batch to the table (`lateral ... offset 0` keeps that
 * order of joining). While tables grow faster than they are analysed, the planner takes them for empty and reads them whole
 * for each row of the batch: 500 messages took 2.3 s at first and 3.6 s after 3,000, against a level 0.6 s.
 */
const BY_KEY = { enable_seqscan: 'off' };

/** The stage. Its count includes payloads whose try failed: they wait for another one. */
export const normalizeStage: Stage = { name: 'normalize', run: normalizeBatch };

async function normalizeBatch(context: StageContext): Promise<number> {
  let batch: string[] = [];
  let done = false;
  try {
    await withTenant(
      context.db,
      context.tenant.id,
      async (tx) => {
        const pending = await run<RawPayload>(tx, TAKE, [tx.tenantId, MOST_PAYLOADS]);
        const chosen = firstBatch(pending);
        batch = chosen.map(({ rawId }) => rawId);
        // What does not fit is locked too: it is let go with this transaction, or other workers would find nothing to do.
        done = chosen.length === pending.length;
        if (done) await normalizePayloads(tx, context, chosen);
      },
      { settings: BY_KEY },
    );
  } catch (error) {
    return separate(context, batch, error);
  }
  if (batch.length > 0) fault.point('normalize-committed');
  return done ? batch.length : Math.max(1, await normalizeAgain(context, batch));
}

/** As many as fit into one batch, at least one. A payload that has failed before goes alone: it must not fail others again. */
function firstBatch(pending: readonly RawPayload[]): RawPayload[] {
  const chosen: RawPayload[] = [];
  let bytes = 0;
  for (const raw of pending) {
    bytes += raw.sizeBytes;
    if (chosen.length > 0 && (bytes > MOST_BYTES || raw.attempts > 0)) break;
    chosen.push(raw);
    if (raw.attempts > 0) break;
  }
  return chosen;
}

/** After a batch failed: halves of it, each in its own transaction, until the payload is alone that cannot be processed. */
async function separate(context: StageContext, batch: readonly string[], error: unknown): Promise<number> {
  // A lost connection or a deadlock says nothing about the payloads.
  if (batch.length === 0 || (error instanceof DatabaseError && error.retryable)) throw error;
  if (batch.length === 1) {
    await withTenant(context.db, context.tenant.id, async (tx) => {
      const raws = await run<RawPayload>(tx, TAKE_AGAIN, [tx.tenantId, batch]);
      await countAttempts(
        tx,
        context,
        raws.map((raw) => ({ kind: 'FAILED', raw, reason: reasonOf(error) })),
      );
    });
    return 1;
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await normalizeAgain(context, batch.slice(0, middle));
  return first + (await normalizeAgain(context, batch.slice(middle)));
}

async function normalizeAgain(context: StageContext, batch: readonly string[]): Promise<number> {
  try {
    return await withTenant(
      context.db,
      context.tenant.id,
      async (tx) => {
        const raws = await run<RawPayload>(tx, TAKE_AGAIN, [tx.tenantId, batch]);
        await normalizePayloads(tx, context, raws);
        return raws.length;
      },
      { settings: BY_KEY },
    );
  } catch (error) {
    return separate(context, batch, error);
  }
}

async function normalizePayloads(
  tx: TenantTransaction,
  context: StageContext,
  raws: readonly RawPayload[],
): Promise<void> {
  if (raws.length === 0) return;
  const outcomes = await readPayloads(tx, context, raws);
  await writeBatch(
    tx,
    context,
    outcomes.flatMap((outcome) => (outcome.kind === 'READ' ? outcome.items : [])),
  );
  const finished = outcomes.filter((outcome) => outcome.kind !== 'FAILED');
  const settled = finished.map(({ raw }) => raw).filter((raw) => raw.attempts > 0);
  const reused = await reusedIds(tx, finished);
  await writeErrors(tx, [...reused, ...finished.flatMap(errorsOf)], settled);
  const states = finished.map((outcome) => ({ ...outcome.raw, ...stateOf(outcome) }));
  await run(tx, FINISH, [tx.tenantId, recordset(states), context.clock().toISOString()]);
  await countAttempts(
    tx,
    context,
    outcomes.filter((outcome) => outcome.kind === 'FAILED'),
  );
  fault.point('normalize-in-transaction');
}

async function readPayloads(
  tx: TenantTransaction,
  context: StageContext,
  raws: readonly RawPayload[],
): Promise<Outcome[]> {
  const [feeds, payloads] = await Promise.all([
    run<FeedSettings>(tx, FEEDS, [tx.tenantId]),
    run<{ rawId: string; payload: Uint8Array }>(tx, PAYLOADS, [
      tx.tenantId,
      [...new Set(raws.map(({ month }) => month))],
      raws.map(({ rawId }) => rawId),
    ]),
  ]);
  const reader = {
    feeds: new Map(feeds.map((feed) => [feed.name, feed])),
    formats: context.formats,
    mayReadPublicData: context.tenant.name === PUBLIC_TENANT,
  };
  const bytes = new Map(payloads.map(({ rawId, payload }) => [rawId, payload]));
  return raws.map((raw) => readPayload(reader, raw, bytes.get(raw.rawId)));
}

/** State and counters of a payload: its units are accepted, rejected, duplicate or ignored, each exactly one of them. */
function stateOf(outcome: Exclude<Outcome, { kind: 'FAILED' }>): Record<string, string | number> {
  const counts = { accepted: 0, rejected: 0, duplicate: 0, ignored: 0 };
  if (outcome.kind === 'HELD') return { state: 'HELD', records: 0, ...counts };
  for (const unit of outcome.units) counts[fateOf(unit)] += 1;
  const unreadable = counts.rejected > 0 && counts.rejected === outcome.units.length;
  return { state: unreadable ? 'REJECTED' : 'DONE', records: outcome.units.length, ...counts };
}

function fateOf({ parsed, duplicates }: Unit): 'accepted' | 'rejected' | 'duplicate' | 'ignored' {
  if (parsed.records.length === 0) return parsed.errors.length > 0 ? 'rejected' : 'ignored';
  return duplicates === parsed.records.length ? 'duplicate' : 'accepted';
}

/** Counts failed tries; a payload that has had its last one gets a record error and a case. */
async function countAttempts(
  tx: TenantTransaction,
  context: StageContext,
  failures: readonly Extract<Outcome, { kind: 'FAILED' }>[],
): Promise<void> {
  if (failures.length === 0) return;
  const ids = failures.map(({ raw }) => raw.rawId);
  const counted = await run<{ rawId: string; state: string }>(tx, ATTEMPTS, [
    tx.tenantId,
    ids,
    MOST_ATTEMPTS,
    context.clock().toISOString(),
  ]);
  const aside = new Set(counted.filter(({ state }) => state === 'QUARANTINED').map(({ rawId }) => rawId));
  await writeErrors(tx, failures.filter(({ raw }) => aside.has(raw.rawId)).map(quarantineError));
}

const quarantineError = ({ raw, reason }: Extract<Outcome, { kind: 'FAILED' }>): PlacedError => ({
  raw,
  feed: undefined,
  position: '',
  ordinal: 0,
  error: {
    code: 'RECORD_INVALID',
    field: '',
    message: `set aside after ${MOST_ATTEMPTS} failed tries (${reason})`,
    original: '',
  },
  accepted: false,
});
