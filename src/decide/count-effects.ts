/** How many dispenses a file of master or reference data has decided again: for people, it decides nothing. */
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

const COUNT = statement(import.meta.url, 'count-waiting-dispenses.sql');
const ADD = statement(import.meta.url, 'add-import-effect.sql');

/** Dispenses that wait to be decided again. */
export async function waitingDispenses(tx: Transaction, tenant: TenantId): Promise<number> {
  const [row] = await run<{ dispenses: number }>(tx, COUNT, [tenant]);
  return row?.dispenses ?? 0;
}

/** Counts what `mark` marks for a payload; what waited already is not counted again. */
export async function countedFor(
  tx: Transaction,
  tenant: TenantId,
  rawId: string,
  mark: () => Promise<void>,
): Promise<void> {
  const before = await waitingDispenses(tx, tenant);
  await mark();
  const dispenses = (await waitingDispenses(tx, tenant)) - before;
  await run(tx, ADD, [tenant, rawId, dispenses]);
}
