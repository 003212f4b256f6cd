/**
 * Master and reference rows become versions: every row received is kept, and of each key the one received last is current,
 * in whatever order the files are processed (received_at of the payload, payload id, place in the file).
 */
import type { Change } from '../../db/changes.ts';
import { newId } from '../../db/ids.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { MasterRecord, ReferenceRecord } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { VERSION_SPECS, type VersionSpec } from './version-spec.ts';
import { versionSql } from './version-sql.ts';

type VersionRecord = MasterRecord | ReferenceRecord;
type Kind = keyof typeof VERSION_SPECS;

const ROWS_PER_STATEMENT = 5_000;
/** Beyond this many changed keys it is cheaper to judge everything again than to ask for each key. */
const MOST_CHANGES = 2_000;

/** What importing came to. */
export interface ImportedVersions {
  /** For the tenant of the payload. */
  tenantChanges: Change[];
  /** Public data changed: for every tenant. */
  publicChanges: Change[];
  /** Followed columns of changed rows as they are and were, by record kind. */
  followed: Map<Kind, string[][]>;
}

/** Stores the rows of a batch. The caller holds the tenant's master data lock alone. */
export async function importVersions(
  tx: TenantTransaction,
  items: readonly Item<VersionRecord>[],
): Promise<ImportedVersions> {
  const byKind = Map.groupBy(items, ({ record }) => record.kind);
  const changes = { tenant: [] as Change[], reference: [] as Change[] };
  const followed = new Map<Kind, string[][]>();
  for (const [kind, ofKind] of byKind) {
    const spec = VERSION_SPECS[kind];
    const { told, everything } = await importKind(tx, kind, spec, ofKind);
    const width = spec.change?.columns.length ?? 0;
    if (spec.followed)
      followed.set(
        kind,
        told.map((values) => values.slice(width)),
      );
    if (everything) changes[spec.scope].push({ kind: 'ALL', key: '' });
    else if (spec.change) changes[spec.scope].push(...keyChanges(spec.change.kind, told, width));
  }
  return { tenantChanges: limited(changes.tenant), publicChanges: limited(changes.reference), followed };
}

async function importKind(
  tx: TenantTransaction,
  kind: Kind,
  spec: VersionSpec,
  items: readonly Item<VersionRecord>[],
): Promise<{ told: string[][]; everything: boolean }> {
  const sql = versionSql(kind);
  const told: string[][] = [];
  let everything = false;
  for (const chunk of chunks(items, ROWS_PER_STATEMENT)) {
    const rows = recordset(chunk.map((item) => versionRow(spec, item)));
    const send = <Row>(name: keyof typeof sql, ...params: unknown[]) =>
      tx.query<Row>(sql[name] ?? '', spec.scope === 'tenant' ? [tx.tenantId, ...params] : params, {
        name: `versions/${name} ${spec.table}`,
      });
    if (sql.unknown !== null && (await send('unknown', rows)).length > 0) everything = true;
    for (const { now, before } of await send<{ now: string[]; before: string[] | null }>('changed', rows))
      told.push(now, ...(before === null ? [] : [before]));
    await send('insert', rows);
    for (const { until, ids } of await send<{ until: string | null; ids: string[] }>('place', rows))
      await send('end', until, ids);
  }
  return { told, everything };
}

function versionRow(spec: VersionSpec, { unit, ordinal, record }: Item<VersionRecord>): Record<string, unknown> {
  const said = new Map<string, unknown>(Object.entries(record.row));
  const row: Record<string, unknown> = {};
  for (const { name, member } of [...spec.key, ...spec.values]) row[name] = said.get(member);
  return {
    ...row,
    id: newId(),
    known_from: unit.raw.receivedAt,
    raw_id: unit.raw.rawId,
    position: unit.parsed.position,
    ordinal,
  };
}

const keyChanges = (kind: Change['kind'], told: readonly string[][], width: number): Change[] =>
  [...new Set(told.map((values) => values.slice(0, width).join('|')))].map((key) => ({ kind, key }));

const limited = (changes: Change[]): Change[] =>
  changes.length > MOST_CHANGES || changes.some(({ kind }) => kind === 'ALL') ? [{ kind: 'ALL', key: '' }] : changes;
