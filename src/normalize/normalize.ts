/**
 * Normalize: payloads that wait are read by their feed's format and become canonical rows, with everything that later stages
 * must look at marked, in one transaction. A payload that cannot be processed never holds up the others.
 */
import { inMemory } from '../../adapters/source.ts';
import { DatabaseError } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantTransaction, withTenant } from '../db/tenant.ts';
import { BY_KEY, type RawPayload } from './batch.ts';
import { countAttempts, stateOf } from './fates.ts';
import { normalizeFiles, type WaitingFile } from './large-files.ts';
import { readerOf } from './read-feeds.ts';
import { type Outcome, readPayload, reasonOf } from './read-payload.ts';
import { errorsOf, writeErrors } from './record-errors.ts';
import { recordset } from './recordset.ts';
import { reusedIds } from './reused-ids.ts';
import { partSuperseded, settleSuperseded } from './superseded.ts';
import { writeBatch } from './write-batch.ts';

const TAKE = statement(import.meta.url, 'take-pending.sql');
const TAKE_AGAIN = statement(import.meta.url, 'take-again.sql');
const FILES = statement(import.meta.url, 'find-files.sql');
const PAYLOADS = statement(import.meta.url, 'read-payloads.sql');
const FINISH = statement(import.meta.url, 'finish-payloads.sql');

/** Bounds of a batch: enough to make statements worth their round trip, little enough to hold in memory. */
const MOST_PAYLOADS = 500;
const MOST_BYTES = 8 * 1024 * 1024;
/** Large files looked at for one that no other worker is at. */
const MOST_FILES = 10;

/** The stage. Its count includes payloads whose try failed: they wait for another one. */
export const normalizeStage: Stage = { name: 'normalize', run: normalizeNext };

/** A batch of payloads, then a slice of a large file: neither waits for all of the other. */
async function normalizeNext(context: StageContext): Promise<number> {
  const files: WaitingFile[] = [];
  const payloads = await normalizeBatch(context, files);
  return files.length === 0 ? payloads : payloads + (await normalizeFiles(context, files));
}

/** `files` takes up the large files that wait: they are found on the same way. */
async function normalizeBatch(context: StageContext, files: WaitingFile[]): Promise<number> {
  let batch: string[] = [];
  let done = false;
  try {
    await withTenant(
      context.db,
      context.tenant.id,
      async (tx) => {
        const [pending, large] = await Promise.all([
          run<RawPayload>(tx, TAKE, [tx.tenantId, MOST_PAYLOADS]),
          run<WaitingFile>(tx, FILES, [tx.tenantId, MOST_FILES]),
        ]);
        files.push(...large);
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
  const { counting, superseded, withdrawn } = await partSuperseded(tx, outcomes);
  const items = counting.flatMap((outcome) => (outcome.kind === 'READ' ? outcome.items : []));
  await writeBatch(tx, context, { items, withdrawn });
  const finished = counting.filter((outcome) => outcome.kind !== 'FAILED');
  const settled = finished.map(({ raw }) => raw).filter((raw) => raw.attempts > 0);
  const reused = await reusedIds(tx, finished);
  await writeErrors(tx, [...reused, ...finished.flatMap(errorsOf)], settled);
  const states = [
    ...finished.map((outcome) => ({ ...outcome.raw, ...stateOf(outcome) })),
    ...(await settleSuperseded(tx, superseded)),
  ];
  await run(tx, FINISH, [tx.tenantId, recordset(states), context.clock().toISOString()]);
  await countAttempts(
    tx,
    context,
    counting.filter((outcome) => outcome.kind === 'FAILED'),
  );
  fault.point('normalize-in-transaction');
}

async function readPayloads(
  tx: TenantTransaction,
  context: StageContext,
  raws: readonly RawPayload[],
): Promise<Outcome[]> {
  const [reader, payloads] = await Promise.all([
    readerOf(tx, context),
    run<{ rawId: string; payload: Uint8Array }>(tx, PAYLOADS, [
      tx.tenantId,
      [...new Set(raws.map(({ month }) => month))],
      raws.map(({ rawId }) => rawId),
    ]),
  ]);
  const sources = new Map(payloads.map(({ rawId, payload }) => [rawId, inMemory(payload)]));
  const outcomes: Outcome[] = [];
  for (const raw of raws) outcomes.push(await readPayload(reader, raw, sources.get(raw.rawId)));
  return outcomes;
}
