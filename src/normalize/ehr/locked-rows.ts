/**
 * Locking what is about to be folded. Rows are made where they are missing and then locked in key order, patients before
 * visits before orders: two workers on one key follow each other and the second reads the statements of the first.
 */
import { isDeepStrictEqual } from 'node:util';
import type { TenantTransaction } from '../../db/tenant.ts';
import { newId } from '../../db/ids.ts';
import { type Statement, run } from '../../db/statement.ts';
import { compareText } from '../batch.ts';
import { recordset } from '../recordset.ts';
import type { EhrEvent, StoredEvent } from './event.ts';

/** A patient key, visit number or order number inside a source system, with a payload that named it. */
export interface Key {
  sourceSystem: string;
  key: string;
  rawId: string;
  position: string;
}

/** One text for a key, for maps. */
export const keyText = (key: { sourceSystem: string; key: string }): string =>
  JSON.stringify([key.sourceSystem, key.key]);

/** A locked row as it was before folding, and whether this transaction made it. */
export type Locked<Row> = Row & { id: string; sourceSystem: string; key: string; created: boolean };

/** Each key once, in the order in which rows are locked. */
export function distinctKeys(keys: readonly Key[]): Key[] {
  const found = new Map(keys.toReversed().map((key) => [keyText(key), key]));
  return [...found.values()].sort(
    (left, right) => compareText(left.sourceSystem, right.sourceSystem) || compareText(left.key, right.key),
  );
}

/** Makes and locks the rows of `keys`; the result is in key order. */
export async function lockRows<Row>(
  tx: TenantTransaction,
  statements: Readonly<{ stub: Statement; lock: Statement }>,
  keys: readonly Key[],
): Promise<Locked<Row>[]> {
  if (keys.length === 0) return [];
  const stubs = keys.map((key) => ({ id: newId(), ...key }));
  const made = await run<{ id: string }>(tx, statements.stub, [tx.tenantId, recordset(stubs)]);
  const created = new Set(made.map((row) => row.id));
  const rows = await run<Locked<Row>>(tx, statements.lock, [tx.tenantId, recordset(keys)]);
  const locked = rows.map((row) => ({ ...row, created: created.has(row.id) }));
  // A visit that stood only for others may be taken away by whoever held its lock before: then it is made again.
  const found = new Set(rows.map(keyText));
  const gone = keys.filter((key) => !found.has(keyText(key)));
  return gone.length === 0 ? locked : [...locked, ...(await lockRows<Row>(tx, statements, gone))];
}

/** What a statement is about. Links are kept at both records that they name. */
export type EventKind =
  | 'PATIENT'
  | 'VISIT'
  | 'PRESCRIPTION'
  | 'PATIENT_LINK'
  | 'VISIT_LINK'
  | 'ACCOUNT_LINK'
  | 'COVERAGE'
  | 'REFERRAL'
  | 'CONSULT_NOTE';

/** The statements about some keys, by `keyText`. */
export async function readEvents<E extends EhrEvent>(
  tx: TenantTransaction,
  sql: Statement,
  kinds: readonly EventKind[],
  keys: readonly { sourceSystem: string; key: string }[],
): Promise<Map<string, StoredEvent<E>[]>> {
  const found = new Map<string, StoredEvent<E>[]>();
  if (keys.length === 0) return found;
  const rows = await run<{
    sourceSystem: string;
    key: string;
    body: E & { zone: string };
    rawId: string;
    position: string;
  }>(tx, sql, [tx.tenantId, recordset(keys.map(({ sourceSystem, key }) => ({ sourceSystem, key }))), kinds]);
  for (const row of rows) {
    const event = { event: row.body, zone: row.body.zone, rawId: row.rawId, position: row.position };
    const events = found.get(keyText(row));
    if (events) events.push(event);
    else found.set(keyText(row), [event]);
  }
  return found;
}

/** Ids of rows by `keyText`, for references from visits and orders. */
export async function findIds(
  tx: TenantTransaction,
  sql: Statement,
  keys: readonly { sourceSystem: string; key: string }[],
): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()];
  const rows = await run<{ id: string; sourceSystem: string; key: string }>(tx, sql, [
    tx.tenantId,
    recordset(distinct),
  ]);
  return new Map(rows.map((row) => [keyText(row), row.id]));
}

/** Columns that tell where and when something was said, not what holds. */
const PROVENANCE = new Set(['rawId', 'position', 'sources', 'history']);

/** How a row differs from what it should be: in nothing, in where it was read, or in what it says. */
export function difference<State extends { rawId: string; position: string }>(
  row: NoInfer<State>,
  state: State,
): 'NONE' | 'PROVENANCE' | 'CONTENT' {
  const stored = new Map<string, unknown>(Object.entries(row));
  const differing = Object.entries(state).filter(([column, value]) => !isDeepStrictEqual(stored.get(column), value));
  if (differing.length === 0) return 'NONE';
  return differing.every(([column]) => PROVENANCE.has(column)) ? 'PROVENANCE' : 'CONTENT';
}
