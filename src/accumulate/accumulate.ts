/**
 * Keeps the ledger true to the determinations: for each marked key it compares what every dispense should have accrued with
 * what is posted, and posts the difference. Nothing is added up from deliveries, so doing it twice changes nothing.
 */
import type { Transaction } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { post, type Entry, type LedgerKey } from '../db/postings.ts';
import type { Stage, StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';

const TAKE_KEYS = statement(import.meta.url, 'take-keys.sql');
const DIFF_ACCRUALS = statement(import.meta.url, 'diff-accruals.sql');
const KEYS_PER_BATCH = 1000;

interface Difference extends LedgerKey {
  dispense_id: string;
  determination_id: string | null;
  posting: 'ACCRUE' | 'REVERSE';
  quantity: string;
  cause: string;
}

const asEntry = (row: Difference): Entry => ({
  entity: row.entity,
  ncpdp: row.ncpdp,
  ndc11: row.ndc11,
  bucket: row.bucket,
  posting: row.posting,
  quantity: row.quantity,
  dispenseId: row.dispense_id,
  invoiceLineId: null,
  determinationId: row.determination_id,
  cause: row.cause,
});

async function accumulateBatch(tx: Transaction, { tenant, clock }: StageContext): Promise<number> {
  const keys = await run<LedgerKey>(tx, TAKE_KEYS, [tenant.id, KEYS_PER_BATCH]);
  if (keys.length === 0) return 0;
  const columns = [
    keys.map((key) => key.entity),
    keys.map((key) => key.ncpdp),
    keys.map((key) => key.ndc11),
    keys.map((key) => key.bucket),
  ];
  const differences = await run<Difference>(tx, DIFF_ACCRUALS, [tenant.id, ...columns]);
  await post(tx, tenant.id, differences.map(asEntry), clock().toISOString());
  fault.point('accumulate-in-transaction');
  return keys.length;
}

/** The stage: one batch of marked keys, posted and unmarked in one transaction. */
export const accumulateStage: Stage = {
  name: 'accumulate',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => accumulateBatch(tx, context)),
};
