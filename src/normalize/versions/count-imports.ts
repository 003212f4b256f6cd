/**
 * What each file of master or reference data changed, counted against what was known just before it. A stage of its own: the
 * count needs the whole file, which may come in portions, and is made again when an earlier file arrives after it.
 */
import { newId } from '../../db/ids.ts';
import type { Stage, StageContext } from '../../db/stage.ts';
import { run, statement } from '../../db/statement.ts';
import { type TenantTransaction, withTenant } from '../../db/tenant.ts';
import { BY_KEY } from '../batch.ts';
import { becomeTenant, PUBLIC_TENANT } from '../public-tenant.ts';
import type { VERSION_SPECS } from './version-spec.ts';
import { versionSql } from './version-sql.ts';

const TAKE = statement(import.meta.url, 'take-imports.sql');
const SET = statement(import.meta.url, 'set-import.sql');
/** Files per transaction: the national register takes seconds. */
const BATCH = 4;

type Kind = keyof typeof VERSION_SPECS;

/** A file and one record kind in it. */
export interface ImportedFile {
  rawId: string;
  kind: Kind;
  feed: string;
  receivedAt: string;
}

/** How many rows of a file did what. `rows` are the different keys that it names. */
export interface ImportCounts {
  rows: number;
  added: number;
  changed: number;
  ended: number;
  unchanged: number;
}

/** One row of a difference. */
export interface ImportDetail {
  effect: 'ADDED' | 'CHANGED' | 'ENDED';
  key: unknown[];
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** The stage. */
export const countImportsStage: Stage = {
  name: 'count-imports',
  run: (context) => withTenant(context.db, context.tenant.id, (tx) => countBatch(tx, context), { settings: BY_KEY }),
};

async function countBatch(tx: TenantTransaction, context: StageContext): Promise<number> {
  const files = await run<ImportedFile>(tx, TAKE, [tx.tenantId, BATCH]);
  for (const file of files) {
    const counts = await countsOf(tx, file);
    await store(tx, tx.tenantId, file, counts);
    if (context.tenant.name !== PUBLIC_TENANT) continue;
    for (const { id, name } of context.tenants) {
      if (name === PUBLIC_TENANT) continue;
      await becomeTenant(tx, id);
      await store(tx, id, file, counts);
    }
    await becomeTenant(tx, tx.tenantId);
  }
  return files.length;
}

const store = (tx: TenantTransaction, tenant: string, file: ImportedFile, counts: ImportCounts): Promise<unknown> =>
  run(tx, SET, [
    tenant,
    newId(),
    file.rawId,
    file.kind,
    file.feed,
    file.receivedAt,
    counts.rows,
    counts.added,
    counts.changed,
    counts.ended,
    counts.unchanged,
  ]);

/** Counts what a file changed. */
export async function countsOf(tx: TenantTransaction, file: ImportedFile): Promise<ImportCounts> {
  const effects = await tx.query<{ effect: string; count: number; named: number }>(
    versionSql(file.kind).effects,
    [tx.tenantId, file.receivedAt, file.rawId],
    { name: `versions/effects ${file.kind}` },
  );
  const of = (effect: string): number => effects.find((row) => row.effect === effect)?.count ?? 0;
  return {
    rows: effects.reduce((sum, row) => sum + row.named, 0),
    added: of('ADDED'),
    changed: of('CHANGED'),
    ended: of('ENDED'),
    unchanged: of('UNCHANGED'),
  };
}

/** A row as it was known at an instant. */
export interface KnownRow {
  key: unknown[];
  row: Record<string, unknown>;
  knownFrom: string;
  knownTo: string | null;
}

/** Rows of a kind as they were known at an instant; `first` = value of the first key column, null = all. */
export async function knownAt(
  tx: TenantTransaction,
  kind: Kind,
  instant: string,
  first: string | null,
  most: number,
): Promise<KnownRow[]> {
  const rows = await tx.query<KnownRow>(versionSql(kind).known, [tx.tenantId, instant, first, most], {
    name: `versions/known ${kind}`,
  });
  return [...rows];
}

/** The rows that a file changed, at most `most` of each effect. */
export async function detailsOf(tx: TenantTransaction, file: ImportedFile, most: number): Promise<ImportDetail[]> {
  const rows = await tx.query<ImportDetail>(
    versionSql(file.kind).details,
    [tx.tenantId, file.receivedAt, file.rawId, most],
    { name: `versions/details ${file.kind}` },
  );
  return [...rows];
}
