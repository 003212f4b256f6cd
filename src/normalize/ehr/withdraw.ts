/**
 * Taking back what replaced messages said. Their statements stay as history of another kind, which no fold reads: whoever asks
 * whom a message ever named (src/decide/mark-people.ts) still finds them, and answers that hung on them are looked at again.
 */
import type { Change } from '../../db/changes.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import { chunks, recordset } from '../recordset.ts';
import type { Key } from './locked-rows.ts';

const WITHDRAW = statement(import.meta.url, 'withdraw-events.sql');
const FORGET = statement(import.meta.url, 'forget-patients.sql');
const ROWS_PER_STATEMENT = 5_000;

/** A statement that was taken back. */
export type Withdrawn<Kind> = Key & { kind: Kind };

/** Takes back the statements of some rows that are stored; answers those that were. */
export async function withdrawStatements<Kind extends string>(
  tx: TenantTransaction,
  rows: readonly { sourceSystem: string; kind: Kind; key: string; rawId: string }[],
): Promise<Withdrawn<Kind>[]> {
  const found: Withdrawn<Kind>[] = [];
  const bare = rows.map(({ sourceSystem, kind, key, rawId }) => ({ sourceSystem, kind, key, rawId }));
  const distinct = [...new Map(bare.map((row) => [JSON.stringify(row), row])).values()];
  for (const chunk of chunks(distinct, ROWS_PER_STATEMENT))
    found.push(...(await run<Withdrawn<Kind>>(tx, WITHDRAW, [tx.tenantId, recordset(chunk)])));
  return found;
}

/** After the patients were folded again: what nobody says of them any more goes, and of whom nothing is said stays as an empty row. */
export async function forgetPatients(
  tx: TenantTransaction,
  keys: readonly { sourceSystem: string; key: string }[],
): Promise<Change[]> {
  if (keys.length === 0) return [];
  const rows = await run<{ id: string }>(tx, FORGET, [
    tx.tenantId,
    recordset(keys.map(({ sourceSystem, key }) => ({ sourceSystem, key }))),
  ]);
  return rows.map(({ id }) => ({ kind: 'PATIENT', key: id }));
}
