/** Claims that name their pharmacy by NPI follow the pharmacy master, whenever it comes. */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { claimChange } from './write-claims.ts';

const MERGE = statement(import.meta.url, 'merge-claims.sql');
const MOVE = statement(import.meta.url, 'move-claims.sql');

/**
 * Resolves all stored claims by these NPIs again. The caller holds the tenant's master data lock alone, so that no claim is
 * being written with the old answer meanwhile.
 * @returns changes for the prescriptions where the claims were and where they are.
 */
export async function resolvePharmacies(tx: TenantTransaction, npis: readonly string[]): Promise<Change[]> {
  if (npis.length === 0) return [];
  const params = [tx.tenantId, npis];
  const merged = await run<{ ncpdp: string; rxNumber: string }>(tx, MERGE, params);
  const moved = await run<{ before: string; ncpdp: string; rxNumber: string }>(tx, MOVE, params);
  return [...merged, ...moved, ...moved.map(({ before, rxNumber }) => ({ ncpdp: before, rxNumber }))].map(claimChange);
}
