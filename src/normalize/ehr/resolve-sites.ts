/** Encounters follow the location crosswalk, whenever its rows come. */
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { recordset } from '../recordset.ts';

const RESOLVE = statement(import.meta.url, 'resolve-sites.sql');

/**
 * Finds the site of all encounters at these places again (facility and location as in the crosswalk). The caller holds the
 * tenant's master data lock alone. The CROSSWALK change of the row tells the later stages.
 */
export async function resolveSites(tx: TenantTransaction, places: readonly string[][]): Promise<void> {
  if (places.length === 0) return;
  const rows = places.map(([facility = '', location = '']) => ({ facility, location }));
  await run(tx, RESOLVE, [tx.tenantId, recordset(rows)]);
}
