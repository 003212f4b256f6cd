/** Responses that came in a file of their own, and the lock that keeps them and their requests from missing each other. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { ClaimResponseRecord } from '../../model/records.ts';
import { type Item, byReceipt } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { batchName } from './packed-claims.ts';
import { claimChange } from './write-claims.ts';

const INSERT = statement(import.meta.url, 'insert-responses.sql');
const REQUESTS = statement(import.meta.url, 'find-requests.sql');
const LOCK = statement(import.meta.url, 'lock-batch.sql');
const SHARE = statement(import.meta.url, 'share-batch.sql');
const ROWS_PER_STATEMENT = 5_000;

/**
 * Locks the claim batches that these records belong to, in one order for all workers: claims beside claims, responses alone.
 * @param claims names of the batches that claims are of.
 */
export async function lockBatches(
  tx: TenantTransaction,
  claims: ReadonlySet<string>,
  responses: readonly Item<ClaimResponseRecord>[],
): Promise<void> {
  const answered = new Set(
    responses
      .filter(({ record }) => record.batchId !== '')
      .map(({ unit, record }) => batchName(unit.feed.name, record.batchId)),
  );
  for (const batch of [...new Set([...claims, ...answered])].sort())
    await run(tx, answered.has(batch) ? LOCK : SHARE, [tx.tenantId, batch]);
}

/** Stores responses; answers a change for each prescription whose request is here. A later request makes its own change. */
export async function writeResponses(
  tx: TenantTransaction,
  items: readonly Item<ClaimResponseRecord>[],
): Promise<Change[]> {
  const firsts = new Map<string, ReturnType<typeof responseRow>>();
  for (const item of items.toSorted(byReceipt)) {
    const row = responseRow(item);
    const key = JSON.stringify([row.feed, row.batchId, row.batchReference, row.transactionIndex, row.rawId]);
    if (firsts.has(key)) item.unit.duplicates += 1;
    else firsts.set(key, row);
  }
  const changes: Change[] = [];
  for (const chunk of chunks([...firsts.values()], ROWS_PER_STATEMENT)) {
    const written = await run(tx, INSERT, [tx.tenantId, recordset(chunk)]);
    if (written.length === 0) continue;
    const requests = await run<{ ncpdp: string; rxNumber: string }>(tx, REQUESTS, [tx.tenantId, recordset(written)]);
    changes.push(...requests.map(claimChange));
  }
  return changes;
}

const responseRow = ({ unit, record }: Item<ClaimResponseRecord>) => ({
  feed: unit.feed.name,
  batchId: record.batchId,
  batchReference: record.batchReference,
  transactionIndex: record.transactionIndex,
  responseStatus: record.responseStatus,
  totalPaid: record.amounts.totalPaid,
  patientPay: record.amounts.patientPay,
  receivedAt: unit.raw.receivedAt,
  rawId: unit.raw.rawId,
  position: unit.position,
});
