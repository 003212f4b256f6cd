/**
 * Writing to the ledger: postings are inserted, never edited, and the balances of their keys move in the same transaction.
 * Used by accumulate (dispenses) and reconcile (invoice lines).
 */
import type { Transaction } from './client.ts';
import { newId } from './ids.ts';
import { run, statement } from './statement.ts';
import type { TenantId } from './tenant.ts';

const INSERT_ENTRIES = statement(import.meta.url, 'insert-entries.sql');
const MOVE_BALANCES = statement(import.meta.url, 'move-balances.sql');
const MARK_ALLOCATION = statement(import.meta.url, 'mark-allocation.sql');

/** covered entity x pharmacy x NDC-11 x bucket. */
export interface LedgerKey {
  entity: string;
  ncpdp: string;
  ndc11: string;
  bucket: string;
}

export type Account = 'DISPENSED' | 'AVAILABLE' | 'ON_ORDER' | 'REPLENISHED' | 'ADJUSTMENT';
export type Posting = 'ACCRUE' | 'REVERSE' | 'RECEIVE_DIRECT' | 'RETURN';

/** From and to account of each posting (DOMAIN.md 6). */
const ACCOUNTS: Record<Posting, { from: Account; to: Account }> = {
  ACCRUE: { from: 'DISPENSED', to: 'AVAILABLE' },
  REVERSE: { from: 'AVAILABLE', to: 'DISPENSED' },
  RECEIVE_DIRECT: { from: 'AVAILABLE', to: 'REPLENISHED' },
  RETURN: { from: 'REPLENISHED', to: 'AVAILABLE' },
};

/** A posting to be made. `quantity` is a positive decimal in billing units. */
export interface Entry extends LedgerKey {
  posting: Posting;
  quantity: string;
  dispenseId: string | null;
  invoiceLineId: string | null;
  determinationId: string | null;
  cause: string;
}

/** `entity|ncpdp|ndc11|bucket`: the subject of OVER_REPLENISHED and the order in which keys are locked. */
export const keyText = (key: LedgerKey): string => `${key.entity}|${key.ncpdp}|${key.ndc11}|${key.bucket}`;

/** Key columns as arrays for `unnest`, without doubles, in lock order. */
export function keyArrays(keys: readonly LedgerKey[]): [string[], string[], string[], string[]] {
  const unique = [...new Map(keys.map((key) => [keyText(key), key])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
  return [
    unique.map((key) => key.entity),
    unique.map((key) => key.ncpdp),
    unique.map((key) => key.ndc11),
    unique.map((key) => key.bucket),
  ];
}

/** Inserts the postings, moves the balances of their keys and marks the keys (and their neighbours) for allocation. */
export async function post(
  tx: Transaction,
  tenant: TenantId,
  entries: readonly Entry[],
  postedAt: string,
): Promise<void> {
  if (entries.length === 0) return;
  const column = <T>(pick: (entry: Entry) => T): T[] => entries.map(pick);
  const keys = [column((e) => e.entity), column((e) => e.ncpdp), column((e) => e.ndc11), column((e) => e.bucket)];
  const moves = [
    column((e) => ACCOUNTS[e.posting].from),
    column((e) => ACCOUNTS[e.posting].to),
    column((e) => e.quantity),
  ];
  const causes = [
    column((e) => e.dispenseId),
    column((e) => e.invoiceLineId),
    column((e) => e.determinationId),
    column((e) => e.cause),
  ];
  await run(tx, INSERT_ENTRIES, [
    tenant,
    column(() => newId()),
    ...keys,
    column((e) => e.posting),
    ...moves,
    ...causes,
    postedAt,
  ]);
  await run(tx, MOVE_BALANCES, [tenant, column(() => newId()), ...keys, ...moves, postedAt]);
  await markAllocation(tx, tenant, entries, 'POSTING');
}

/** Marks keys for allocation, and with them the keys of the same product at the same pharmacy: 12.35 looks at those too. */
export async function markAllocation(
  tx: Transaction,
  tenant: TenantId,
  keys: readonly LedgerKey[],
  cause: string,
): Promise<void> {
  if (keys.length > 0) await run(tx, MARK_ALLOCATION, [tenant, ...keyArrays(keys), cause]);
}
