/**
 * Master and reference rows become versions: every row received is kept, and of each key the one received last is current,
 * in whatever order the files are processed (received_at of the payload, payload id, place in the file). A file that is a
 * whole list ends what it does not name.
 */
import type { Change } from '../../db/changes.ts';
import { newId } from '../../db/ids.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { MasterRecord, ReferenceRecord, SnapshotRecord } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { chunks, recordset } from '../recordset.ts';
import { VERSION_SPECS, type VersionSpec } from './version-spec.ts';
import { versionSql, type VersionSql } from './version-sql.ts';

const IMPORTS = statement(import.meta.url, 'insert-imports.sql');
const LATER = statement(import.meta.url, 'mark-later-imports.sql');
const LISTED = statement(import.meta.url, 'find-snapshots.sql');
const SNAPSHOT = statement(import.meta.url, 'insert-snapshot.sql');

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

/** Change and followed columns of a row that is another now, and the payload that made it so. */
interface Told {
  rawId: string;
  values: string[];
}

/** What became of the rows of one kind. */
interface KindResult {
  told: Told[];
  /** Payloads that announced a value never seen: everything must be judged again. */
  everything: string[];
}

/** Stores the rows of a batch. The caller holds the tenant's master data lock alone. */
export async function importVersions(
  tx: TenantTransaction,
  items: readonly Item<VersionRecord | SnapshotRecord>[],
): Promise<ImportedVersions> {
  const changes = { tenant: [] as Change[], reference: [] as Change[] };
  const followed = new Map<Kind, string[][]>();
  const rows = items.filter((item): item is Item<VersionRecord> => item.record.type !== 'snapshot');
  const snapshots = items.filter((item): item is Item<SnapshotRecord> => item.record.type === 'snapshot');
  const byKind = Map.groupBy(rows, ({ record }) => record.kind);
  const listed = Map.groupBy(snapshots, ({ record }) => record.kind);
  for (const kind of new Set([...byKind.keys(), ...listed.keys()])) {
    const spec = VERSION_SPECS[kind];
    const { told, everything } = await importKind(tx, kind, spec, byKind.get(kind) ?? []);
    for (const item of listed.get(kind) ?? []) told.push(...(await closeList(tx, kind, item)));
    const width = spec.change?.columns.length ?? 0;
    if (spec.followed)
      followed.set(
        kind,
        told.map(({ values }) => values.slice(width)),
      );
    changes[spec.scope].push(...everything.map((rawId): Change => ({ kind: 'ALL', key: '', rawId })));
    if (spec.change) changes[spec.scope].push(...keyChanges(spec.change.kind, told, width));
  }
  await noteImports(tx, items);
  return { tenantChanges: limited(changes.tenant), publicChanges: limited(changes.reference), followed };
}

type Send = <Row>(name: keyof VersionSql, ...params: unknown[]) => Promise<readonly Row[]>;

/** Sends the statements of a kind; the tenant comes first where they name it. */
function sender(tx: TenantTransaction, kind: Kind): Send {
  const sql = versionSql(kind);
  const { table, scope } = VERSION_SPECS[kind];
  return <Row>(name: keyof VersionSql, ...params: unknown[]) => {
    const named = scope === 'tenant' || !['unknown', 'changed', 'supersede', 'insert', 'end'].includes(name);
    return tx.query<Row>(sql[name] ?? '', named ? [tx.tenantId, ...params] : params, {
      name: `versions/${name} ${table}`,
    });
  };
}

interface Changed {
  rawId: string;
  now: string[];
  before: string[] | null;
}

/** Versions that should end elsewhere. */
interface Placed {
  until: string | null;
  endedOn: string | null;
  ids: string[];
}

const toldOf = ({ rawId, now, before }: Changed): Told[] =>
  [now, ...(before === null ? [] : [before])].map((values) => ({ rawId, values }));

async function importKind(
  tx: TenantTransaction,
  kind: Kind,
  spec: VersionSpec,
  items: readonly Item<VersionRecord>[],
): Promise<KindResult> {
  const send = sender(tx, kind);
  const told: Told[] = [];
  const everything = new Set<string>();
  // A whole list may end what is imported late: then every version is placed anew.
  const listed = items.length > 0 && (await run(tx, LISTED, [tx.tenantId, kind])).length > 0;
  for (const chunk of chunks(items, ROWS_PER_STATEMENT)) {
    const rows = recordset(chunk.map((item) => versionRow(spec, item)));
    if (spec.announces !== undefined && (await send('unknown', rows)).length > 0)
      for (const { unit } of chunk) everything.add(unit.raw.rawId);
    if (spec.followed || told.length <= MOST_CHANGES)
      for (const changed of await send<Changed>('changed', rows)) told.push(...toldOf(changed));
    if (!listed) await send('supersede', rows);
    const [added] = await send<{ open: number }>('insert', rows, !listed);
    if (added?.open === chunk.length) continue;
    for (const { until, endedOn, ids } of await send<Placed>('place', rows))
      await send('end', until, ids, ...(spec.endsByList ? [endedOn] : []));
  }
  return { told, everything: [...everything] };
}

/** Ends what a whole list does not name; what it names has been placed before. */
async function closeList(tx: TenantTransaction, kind: Kind, { unit, record }: Item<SnapshotRecord>): Promise<Told[]> {
  const { rawId, receivedAt } = unit.raw;
  await run(tx, SNAPSHOT, [tx.tenantId, kind, unit.feed.name, record.within, receivedAt, rawId]);
  const closed = await sender(tx, kind)<Changed>('close', unit.feed.name, record.within, receivedAt, rawId);
  return closed.flatMap((row) => toldOf({ ...row, rawId }));
}

/** Files to be counted: these, and those after them, for which what was known before is another now. */
async function noteImports(
  tx: TenantTransaction,
  items: readonly Item<VersionRecord | SnapshotRecord>[],
): Promise<void> {
  const files = new Map(
    items.map(({ unit: { raw, feed }, record: { kind } }) => [
      `${raw.rawId} ${kind}`,
      { id: newId(), rawId: raw.rawId, kind, feed: feed.name, receivedAt: raw.receivedAt },
    ]),
  );
  if (files.size === 0) return;
  const rows = recordset([...files.values()]);
  await run(tx, LATER, [tx.tenantId, rows]);
  await run(tx, IMPORTS, [tx.tenantId, rows]);
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

function keyChanges(kind: Change['kind'], told: readonly Told[], width: number): Change[] {
  const changes = told.map(({ rawId, values }): Change => ({ kind, key: values.slice(0, width).join('|'), rawId }));
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}

/** Many changes, or one that touches everything, are one; it is counted for the payload that changed most lately. */
function limited(changes: Change[]): Change[] {
  const all =
    changes.find(({ kind }) => kind === 'ALL') ?? (changes.length > MOST_CHANGES ? changes.at(-1) : undefined);
  if (all === undefined) return changes;
  return [{ kind: 'ALL', key: '', ...(all.rawId === undefined ? {} : { rawId: all.rawId }) }];
}
