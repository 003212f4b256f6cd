/** How much of the chain there is, over all tenants: what the demo says when it is ready. */
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';

const CHAIN_COUNTS = statement(import.meta.url, 'chain-counts.sql');

/** Rows of each link, and an Rx number whose chain is complete. */
export interface ChainCounts {
  encounters: number;
  prescriptions: number;
  dispenses: number;
  eligible: number;
  invoiceLines: number;
  cases: number;
  exampleRx: string;
}

/** Sums over the tenants. */
export async function chainCounts(db: Database, tenants: readonly Tenant[]): Promise<ChainCounts> {
  const total: ChainCounts = {
    encounters: 0,
    prescriptions: 0,
    dispenses: 0,
    eligible: 0,
    invoiceLines: 0,
    cases: 0,
    exampleRx: '',
  };
  for (const tenant of tenants) {
    const [row] = await withTenant(db, tenant.id, (tx) => run<ChainCounts>(tx, CHAIN_COUNTS, [tenant.id]));
    if (row === undefined) continue;
    total.encounters += row.encounters;
    total.prescriptions += row.prescriptions;
    total.dispenses += row.dispenses;
    total.eligible += row.eligible;
    total.invoiceLines += row.invoiceLines;
    total.cases += row.cases;
    if (total.exampleRx === '') total.exampleRx = row.exampleRx ?? '';
  }
  return total;
}
