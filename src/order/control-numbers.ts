/** Control numbers of what we send: one sequence for each partner, over all functional groups, so that a 997 names one of ours. */
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';

const LOCK = statement(import.meta.url, 'lock-partner.sql');
const LAST = statement(import.meta.url, 'read-last-serial.sql');

/** The next free number. Others who want one of the same partner wait until this transaction has ended. */
export async function nextSerial(tx: TenantTransaction, partner: string): Promise<number> {
  await run(tx, LOCK, [tx.tenantId, partner]);
  const [row] = await run<{ last: number }>(tx, LAST, [tx.tenantId, partner]);
  return (row?.last ?? 0) + 1;
}
