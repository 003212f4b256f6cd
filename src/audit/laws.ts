/** The conservation laws (RELIABILITY.md 4) that apply so far, as assertions over one tenant's tables: no row = the law holds. */
import type { Queryable } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

/** One law: its number and sentence, and the statement that lists breaches. */
const LAWS = [
  { law: 'L1', says: 'every payload is stored once, with its receipt, bytes intact', file: 'l1-raw-once.sql' },
  { law: 'L2', says: 'every payload is in exactly one state', file: 'l2-one-state.sql' },
  { law: 'L3', says: 'records = accepted + rejected + duplicate + ignored', file: 'l3-records-counted.sql' },
  { law: 'L4', says: 'accounts of a key sum to zero and equal their postings', file: 'l4-accounts-sum-to-zero.sql' },
  { law: 'L5a', says: 'accrued = dispensed where the answer says so', file: 'l5-accrued-is-dispensed.sql' },
  { law: 'L5b', says: 'received = invoiced', file: 'l5-received-is-invoiced.sql' },
  {
    law: 'L6',
    says: 'a dispense sits in at most one bucket; unknown and carved-out in none',
    file: 'l6-one-bucket.sql',
  },
  { law: 'L8', says: 'nothing is repaid twice', file: 'l8-allocated-at-most-once.sql' },
  { law: 'L9', says: 'everything traces to raw bytes', file: 'l9-traced-to-raw.sql' },
].map((law) => ({ ...law, statement: statement(import.meta.url, `laws/${law.file}`) }));

/** How one law stands in one tenant. Breaches name ids and quantities, never a patient's value. */
export interface LawResult {
  law: string;
  says: string;
  tenant: string;
  breaches: string[];
}

/** Checks all laws inside the caller's (tenant's) transaction. */
export async function checkLaws(tx: Queryable, tenant: { id: TenantId; name: string }): Promise<LawResult[]> {
  const results: LawResult[] = [];
  for (const { law, says, statement: sql } of LAWS) {
    const rows = await run<{ breach: string }>(tx, sql, [tenant.id]);
    results.push({ law, says, tenant: tenant.name, breaches: rows.map((row) => row.breach) });
  }
  return results;
}
