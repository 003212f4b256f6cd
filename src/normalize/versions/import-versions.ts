/**
 * Master and reference rows become versions: of each key the row received last is current, in whatever order the files are
 * processed (received_at of the payload, payload id, place in the file). A row that repeats what its feed said of the key
 * before makes no version; it is noted as seen (`data_sighting`), so that a file that comes late finds it. A file that is a whole
 * list ends what it does not name.
 */
import type { Change } from '../../db/changes.ts';
import { newId } from '../../db/ids.ts';
import { run, statement } from '../../db/statement.ts';
import type { TenantTransaction } from '../../db/tenant.ts';
import type { MasterRecord, ReferenceRecord, SnapshotRecord } from '../../model/records.ts';
import type { Item } from '../batch.ts';
import { recordset } from '../recordset.ts';
import { stagedVersions } from './stage-versions.ts';
import { VERSION_SPECS, type VersionSpec } from './version-spec.ts';
import { versionSql, type VersionSql } from './version-sql.ts';

const IMPORTS = statement(import.meta.url, 'insert-imports.sql');
const LATER = statement(import.meta.url, 'mark-later-imports.sql');
const LATER_KNOWN = statement(import.meta.url, 'find-later.sql');
const SNAPSHOT = statement(import.meta.url, 'insert-snapshot.sql');

type VersionRecord = MasterRecord | ReferenceRecord;
type Kind = keyof typeof VERSION_SPECS;

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
  /** Payloads that announced a value never seen, or changed more than is told: everything must be judged again. */
  everything: string[];
}

/** Rows and whole lists of a batch by kind; the rows lie in the stages of their transaction. */
export interface StagedVersions {
  items: readonly Item<VersionRecord | SnapshotRecord>[];
  rows: ReadonlyMap<Kind, readonly Item<VersionRecord>[]>;
  lists: ReadonlyMap<Kind, readonly Item<SnapshotRecord>[]>;
}

/** Stages rows: this touches nothing that another transaction may hold. */
export async function stageVersions(
  tx: TenantTransaction,
  items: readonly Item<VersionRecord | SnapshotRecord>[],
): Promise<StagedVersions> {
  const rows = items.filter((item): item is Item<VersionRecord> => item.record.type !== 'snapshot');
  const lists = items.filter((item): item is Item<SnapshotRecord> => item.record.type === 'snapshot');
  const byKind = Map.groupBy(rows, ({ record }) => record.kind);
  for (const [kind, ofKind] of byKind) {
    const kept = new Kept(tx, kind);
    await kept.prepare();
    await kept.copy(stagedVersions(VERSION_SPECS[kind], ofKind));
  }
  return { items, rows: byKind, lists: Map.groupBy(lists, ({ record }) => record.kind) };
}

/** Stores staged rows. The caller holds the tenant's master data lock alone. */
export async function importVersions(tx: TenantTransaction, staged: StagedVersions): Promise<ImportedVersions> {
  const changes = { tenant: [] as Change[], reference: [] as Change[] };
  const followed = new Map<Kind, string[][]>();
  for (const kind of new Set([...staged.rows.keys(), ...staged.lists.keys()])) {
    const spec = VERSION_SPECS[kind];
    const { told, everything } = await importKind(tx, kind, spec, staged.rows.get(kind) ?? []);
    for (const item of staged.lists.get(kind) ?? []) told.push(...(await closeList(tx, kind, item)));
    const width = spec.change?.columns.length ?? 0;
    if (spec.followed)
      followed.set(
        kind,
        told.map(({ values }) => values.slice(width)),
      );
    changes[spec.scope].push(...everything.map((rawId): Change => ({ kind: 'ALL', key: '', rawId })));
    if (spec.change) changes[spec.scope].push(...keyChanges(spec.change.kind, told, width));
  }
  await noteImports(tx, staged.items);
  return { tenantChanges: limited(changes.tenant), publicChanges: limited(changes.reference), followed };
}

/** The statements of a kind in a transaction. */
class Kept {
  readonly sql: VersionSql;
  readonly #tx: TenantTransaction;
  readonly #table: string;
  readonly #endsByList: boolean;

  constructor(tx: TenantTransaction, kind: Kind) {
    this.#tx = tx;
    this.sql = versionSql(kind);
    this.#table = VERSION_SPECS[kind].table;
    this.#endsByList = VERSION_SPECS[kind].endsByList ?? false;
  }

  /** Sends a statement; the tenant comes first. */
  send<Row>(name: keyof VersionSql, ...params: unknown[]): Promise<readonly Row[]> {
    return this.#tx.query<Row>(this.sql[name] ?? '', [this.#tx.tenantId, ...params], {
      name: `versions/${name} ${this.#table}`,
    });
  }

  /** Empty stages; emptied by every commit, so only a second import of a transaction finds something in them. */
  async prepare(): Promise<void> {
    for (const name of ['createStage', 'createJudged', 'emptyStage', 'emptyJudged'] as const)
      await this.#tx.query(this.sql[name], [], { name: `versions/${name} ${this.#table}` });
  }

  copy(text: AsyncIterable<string>): Promise<void> {
    return this.#tx.copyIn(this.sql.copy, text, `versions/copy ${this.#table}`);
  }

  /** `endedOn` = last day of versions that a whole list ended. */
  end(until: string | null, ids: readonly string[], endedOn: string | null = null): Promise<unknown> {
    return this.send('end', until, ids, ...(this.#endsByList ? [endedOn] : []));
  }

  /** Every version of the keys to be placed gets its end, then what only repeats the one before it becomes a note. */
  async placeAll(): Promise<void> {
    for (const { until, endedOn, ids } of await this.send<Placed>('place')) await this.end(until, ids, endedOn);
    const stay = await this.send('merge', newId());
    if (stay.length > 0) await this.send('move', recordset(stay));
  }
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

/** What became of staged rows. */
interface Judged {
  fate: 'SAME' | 'NEW' | 'NEXT' | 'PLACE';
  count: number;
  /** Of NEXT: versions that are over, and since when. */
  until: string | null;
  ids: string[] | null;
}

const toldOf = ({ rawId, now, before }: Changed): Told[] =>
  [now, ...(before === null ? [] : [before])].map((values) => ({ rawId, values }));

async function importKind(
  tx: TenantTransaction,
  kind: Kind,
  spec: VersionSpec,
  items: readonly Item<VersionRecord>[],
): Promise<KindResult> {
  const nothing = { told: [], everything: [] };
  if (items.length === 0) return nothing;
  const kept = new Kept(tx, kind);
  const announced = spec.announces !== undefined && (await kept.send('unknown')).length > 0;
  const judged = await kept.send<Judged>('judge', newId(), await comesLate(tx, kind, items));
  if (judged.every(({ fate }) => fate === 'SAME')) return nothing;
  const placing = judged.some(({ fate }) => fate === 'PLACE');
  if (placing) await kept.send('restore');
  // Many changes are one; only what is followed must be known row by row.
  const changed = await kept.send<Changed>('changed', spec.followed ? null : MOST_CHANGES + 1);
  for (const { until, ids } of judged) if (ids !== null) await kept.end(until, ids);
  await kept.send('insert');
  if (placing) await kept.placeAll();
  const everything = announced ? [...new Set(items.map(({ unit }) => unit.raw.rawId))] : [];
  if (!spec.followed && changed.length > MOST_CHANGES) everything.push(...changed.slice(-1).map(({ rawId }) => rawId));
  return { told: changed.flatMap(toldOf), everything };
}

/** Whether something is known of the same time or later that rows of these payloads may fall before. */
async function comesLate(tx: TenantTransaction, kind: Kind, items: readonly Item[]): Promise<boolean> {
  const raws = [...new Set(items.map(({ unit }) => unit.raw))];
  const [first] = raws.map(({ receivedAt }) => receivedAt).toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const rawIds = raws.map(({ rawId }) => rawId);
  const [found] = await run<{ later: boolean }>(tx, LATER_KNOWN, [tx.tenantId, kind, first, rawIds]);
  return found?.later === true;
}

/** Ends what a whole list does not name; what it names is known before. */
async function closeList(tx: TenantTransaction, kind: Kind, item: Item<SnapshotRecord>): Promise<Told[]> {
  const { unit, record } = item;
  const { rawId, receivedAt } = unit.raw;
  const kept = new Kept(tx, kind);
  const late = await comesLate(tx, kind, [item]);
  if (late) {
    await kept.prepare();
    await kept.send('doubt', receivedAt, rawId);
    await kept.send('restore');
  }
  await run(tx, SNAPSHOT, [tx.tenantId, kind, unit.feed.name, record.within, receivedAt, rawId]);
  const closed = await kept.send<Changed>('close', unit.feed.name, record.within, receivedAt, rawId);
  if (late) await kept.placeAll();
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
