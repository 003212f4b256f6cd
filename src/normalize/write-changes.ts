/** Tells the later stages what a batch changed: one row for many keys, for a row each costs more than two indexes of claims. */
import type { Change, ChangeKind } from '../db/changes.ts';
import { newId } from '../db/ids.ts';
import type { Transaction } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';
import { chunks, storable } from './recordset.ts';

const CHANGES = statement(import.meta.url, 'insert-changes.sql');
const ROWS_PER_STATEMENT = 1_000;
/** So many fit into a row that is neither compressed nor stored in parts. */
const KEYS_PER_ROW = 64;

/** A row of `change`. */
interface ChangeRow {
  kind: ChangeKind;
  rawId: string | undefined;
  /** One key, or several with a new line between them: the database reads an array of texts several times as slowly. */
  keys: string;
  several: boolean;
}

/**
 * Marks each key of a kind once.
 * @param prescriptions `pharmacy|prescription` of claims that came: most of what a file changes.
 */
export async function writeChanges(
  tx: Transaction,
  tenant: TenantId,
  changes: readonly Change[],
  prescriptions: ReadonlySet<string> = new Set(),
): Promise<void> {
  const others = changes.filter(({ kind, key }) => kind !== 'CLAIM' || !prescriptions.has(key));
  const distinct = [...new Map(others.map((change) => [`${change.kind} ${change.key}`, change])).values()];
  const rows = rowsOf('CLAIM', undefined, [...prescriptions]);
  for (const [kind, ofKind] of Map.groupBy(distinct, (change) => change.kind))
    for (const [rawId, of] of Map.groupBy(ofKind, (change) => change.rawId))
      rows.push(...rowsOf(kind, rawId, keysOf(of)));
  for (const some of chunks(rows, ROWS_PER_STATEMENT))
    await run(tx, CHANGES, [
      tenant,
      some.map(() => newId()),
      some.map(({ kind }) => kind),
      some.map(({ keys }) => storable(keys)),
      some.map(({ several }) => several),
      some.map(({ rawId }) => rawId ?? null),
    ]);
}

const keysOf = (changes: readonly Change[]): string[] => changes.map(({ key }) => key);

/** A key with a new line in it stands alone, for nothing would tell it from two. */
function rowsOf(kind: ChangeKind, rawId: string | undefined, keys: readonly string[]): ChangeRow[] {
  const alone = keys.filter((key) => key.includes('\n'));
  const plain = alone.length === 0 ? keys : keys.filter((key) => !key.includes('\n'));
  return [...chunks(plain, KEYS_PER_ROW), ...alone.map((key) => [key])].map((of) => ({
    kind,
    rawId,
    keys: of.join('\n'),
    several: of.length > 1,
  }));
}
