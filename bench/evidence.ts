/**
 * `evidence`: what a determination costs on disk (rows, indexes and overflow after a vacuum) and to write. The determinations are
 * the decide stage's own answers to the facts of `decide`, eleven rule results and the candidates that lost; each layout stores
 * the same ones by the same role, in transactions of the same size.
 */
import { connect, type Database } from '../src/db/client.ts';
import { run, statement } from '../src/db/statement.ts';
import { withTenant, type TenantId } from '../src/db/tenant.ts';
import { decideStage } from '../src/decide/decide.ts';
import { markStage } from '../src/decide/mark.ts';
import { drain } from '../src/worker.ts';
import { benchContext } from './bench-hub.ts';
import { startDatabase, type BenchDatabase } from './database.ts';
import { fillWorld } from './decide-world.ts';
import { shapeOf } from './evidence-codec.ts';
import { insertText, layouts, layoutTable, type DecidedRow, type Layout } from './evidence-layouts.ts';
import { median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const ROWS = statement(import.meta.url, 'evidence-rows.sql');
const DISPENSES = 20_000;
/** Determinations per transaction: about those of one batch of the decide stage. */
const BATCH = 1_500;
const MILLION = 1_000_000;

/** Sizes of one layout, bytes per determination. */
interface Bytes {
  total: number;
  heap: number;
  indexes: number;
  overflow: number;
}

/** The bench. `--size` is the number of dispenses that are decided first. */
export const evidence: Bench = {
  name: 'evidence',
  about: 'bytes of a determination on disk, and seconds to write a million, by encoding',
  run: async (options) => {
    const database = await startDatabase();
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 2, statementMs: 0 });
    try {
      const context = await benchContext(ingest);
      const tenant = context.tenant.id;
      await fillWorld(database.owner, ingest, tenant, options.size ?? DISPENSES);
      await drain([markStage, decideStage], context);
      const rows = await withTenant(ingest, tenant, (tx) => run<DecidedRow>(tx, ROWS, [tenant]));
      describeRows(rows, options);
      return await compare(database, ingest, tenant, rows, options);
    } finally {
      await ingest.end();
      await database.stop();
    }
  },
};

function describeRows(rows: readonly DecidedRow[], { log }: BenchOptions): void {
  const evidences = rows.reduce((sum, row) => sum + row.verdicts.reduce((n, one) => n + one.evidence.length, 0), 0);
  const shapes = new Set(rows.map((row) => shapeOf(row.verdicts)));
  const lost = rows.filter((row) => !row.winning).length;
  log(
    `${rows.length} determinations (${lost} of losing entities), ${(evidences / rows.length).toFixed(1)} evidence rows each, ${shapes.size} shapes`,
  );
}

async function compare(
  database: BenchDatabase,
  ingest: Database,
  tenant: TenantId,
  rows: readonly DecidedRow[],
  options: BenchOptions,
): Promise<Figure[]> {
  const seconds = new Map<string, number[]>();
  const bytes = new Map<string, Bytes>();
  for (let round = 0; round < options.rounds; round += 1)
    for (const layout of layouts()) {
      const written = await write(database, ingest, tenant, layout, rows);
      seconds.set(layout.name, [...(seconds.get(layout.name) ?? []), written]);
      bytes.set(layout.name, await bytesOf(database, layout, rows.length));
    }
  const today = { bytes: bytes.get('jsonb')?.total ?? 0, seconds: median(seconds.get('jsonb') ?? []) };
  const million = (value: number): number => rounded((value / rows.length) * MILLION);
  return layouts().flatMap((layout): Figure[] => {
    const size = bytes.get(layout.name) ?? { total: 0, heap: 0, indexes: 0, overflow: 0 };
    const written = median(seconds.get(layout.name) ?? []);
    options.log(
      `${layout.name} (${layout.about}): ${size.total.toFixed(0)} bytes = rows ${size.heap.toFixed(0)} + indexes ${size.indexes.toFixed(0)} + overflow ${size.overflow.toFixed(0)}`,
    );
    const first = layout.name === 'jsonb';
    return [
      {
        bench: 'evidence',
        figure: `bytes-${layout.name}`,
        value: rounded(size.total),
        unit: 'bytes',
        ratio: first ? null : rounded(today.bytes / size.total),
        against: first ? null : `jsonb: ${rounded(today.bytes)} bytes`,
      },
      {
        bench: 'evidence',
        figure: `write-1m-${layout.name}`,
        value: million(written),
        unit: 's',
        ratio: first ? null : rounded(today.seconds / written),
        against: first ? null : `jsonb: ${million(today.seconds)} s`,
      },
    ];
  });
}

/** Writes all rows into a new table. @returns seconds, the encoding included. */
async function write(
  { owner }: BenchDatabase,
  ingest: Database,
  tenant: TenantId,
  layout: Layout,
  rows: readonly DecidedRow[],
): Promise<number> {
  const table = layoutTable(layout);
  await owner.query(`drop table if exists ${table}`);
  for (const text of layout.ddl) await owner.query(text);
  // As every tenant table: forced row-level security is checked for each inserted row.
  await owner.query(`alter table ${table} enable row level security`);
  await owner.query(
    `create policy tenant_isolation on ${table} using (tenant_id = nullif(current_setting('hub.tenant', true), '')::uuid)`,
  );
  await owner.query(`grant select, insert on ${table} to hub_ingest`);
  await owner.query('checkpoint');
  const text = insertText(layout);
  const started = performance.now();
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH).map((row) => layout.row(row));
    await withTenant(ingest, tenant, (tx) => tx.query(text, [tenant, JSON.stringify(batch)]));
  }
  return (performance.now() - started) / 1000;
}

async function bytesOf({ owner }: BenchDatabase, layout: Layout, rows: number): Promise<Bytes> {
  const table = layoutTable(layout);
  await owner.query(`vacuum (freeze, analyze) ${table}`);
  const [size] = await owner.query<Bytes>(
    `select pg_total_relation_size($1::regclass)::float8 as total, pg_relation_size($1::regclass)::float8 as heap,
      pg_indexes_size($1::regclass)::float8 as indexes,
      coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)::float8 as overflow
    from pg_class c where c.oid = $1::regclass`,
    [table],
  );
  const [count] = await owner.query<{ rows: number }>(`select count(*) as rows from ${table}`);
  if (count?.rows !== rows || size === undefined) throw new Error(`${table} has not all determinations`);
  return {
    total: size.total / rows,
    heap: size.heap / rows,
    indexes: size.indexes / rows,
    overflow: size.overflow / rows,
  };
}
