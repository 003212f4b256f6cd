/**
 * `evidence`: what a determination costs on disk (rows, indexes and overflow after a vacuum, the rule results that all share
 * included) and to write. The determinations are the decide stage's own answers to the facts of `decide`, eleven rule results
 * and the candidates that lost; the baseline is the table that the product had before, which holds the same ones.
 */
import { connect, type Database } from '../src/db/client.ts';
import { withTenant, type TenantId } from '../src/db/tenant.ts';
import { decideStage } from '../src/decide/decide.ts';
import { markStage } from '../src/decide/mark.ts';
import { drain } from '../src/worker.ts';
import { benchContext } from './bench-hub.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import { fillWorld } from './decide-world.ts';
import { DECIDED_ROWS, JSONB, PRODUCT, type DecidedRow, type Layout } from './evidence-layouts.ts';
import { median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

/** Enough that the rule results, which do not grow with the dispenses, do not decide the figure. */
const DISPENSES = 100_000;
/** Determinations that are written again, in both layouts. */
const WRITTEN = 30_000;
/** Determinations per transaction. */
const BATCH = 1_500;
const MILLION = 1_000_000;

/** Sizes of one layout, bytes per determination. */
interface Bytes {
  total: number;
  heap: number;
  indexes: number;
}

/** The bench. `--size` is the number of dispenses that are decided first. */
export const evidence: Bench = {
  name: 'evidence',
  about: 'bytes of a determination on disk as the stage writes it, and seconds to write a million',
  run: async (options) => {
    const database = await startDatabase();
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 2, statementMs: 0 });
    try {
      const context = await benchContext(ingest);
      const tenant = context.tenant.id;
      await fillWorld(database.owner, ingest, tenant, options.size ?? DISPENSES);
      await drain([markStage, decideStage], context);
      const rows = await withTenant(ingest, tenant, (tx) => tx.query<DecidedRow>(DECIDED_ROWS, [tenant, WRITTEN]));
      describeRows(rows, options);
      const asDecided = await bytesOf(database, PRODUCT, options);
      return await compare(database, ingest, tenant, rows, asDecided, options);
    } finally {
      await ingest.end();
      await database.stop();
    }
  },
};

function describeRows(rows: readonly DecidedRow[], { log }: BenchOptions): void {
  const evidences = rows.reduce((sum, row) => sum + row.verdicts.reduce((n, one) => n + one.evidence.length, 0), 0);
  if (rows.some((row) => row.verdicts.length !== 11))
    throw new Error('a determination without its eleven rule results');
  const lost = rows.filter((row) => !row.winning).length;
  log(
    `${rows.length} determinations (${lost} of losing entities), ${(evidences / rows.length).toFixed(1)} evidence rows each`,
  );
}

async function compare(
  database: BenchDatabase,
  ingest: Database,
  tenant: TenantId,
  rows: readonly DecidedRow[],
  asDecided: Bytes,
  options: BenchOptions,
): Promise<Figure[]> {
  const seconds = new Map<Layout, number[]>([
    [JSONB, []],
    [PRODUCT, []],
  ]);
  for (let round = 0; round < options.rounds; round += 1)
    for (const [layout, taken] of seconds) taken.push(await write(database, ingest, tenant, layout, rows));
  const bytes = new Map<Layout, Bytes>([
    [JSONB, await bytesOf(database, JSONB, options)],
    [PRODUCT, asDecided],
  ]);
  const before = { bytes: bytes.get(JSONB)?.total ?? 0, seconds: median(seconds.get(JSONB) ?? []) };
  const million = (value: number): number => rounded((value / rows.length) * MILLION);
  return [...seconds].flatMap(([layout, taken]): Figure[] => {
    const size = bytes.get(layout) ?? { total: 0, heap: 0, indexes: 0 };
    const written = median(taken);
    options.log(
      `${layout.name}: ${size.total.toFixed(0)} bytes = rows ${size.heap.toFixed(0)} + indexes ${size.indexes.toFixed(0)} + other ${(size.total - size.heap - size.indexes).toFixed(0)}`,
    );
    const ratio = (value: number): number | null => (layout === JSONB ? null : rounded(value));
    const against = (text: string): string | null => (layout === JSONB ? null : `jsonb: ${text}`);
    return [
      {
        bench: 'evidence',
        figure: `bytes-${layout.name}`,
        value: rounded(size.total),
        unit: 'bytes',
        ratio: ratio(before.bytes / size.total),
        against: against(`${rounded(before.bytes)} bytes`),
      },
      {
        bench: 'evidence',
        figure: `write-1m-${layout.name}`,
        value: million(written),
        unit: 's',
        ratio: ratio(before.seconds / written),
        against: against(`${million(before.seconds)} s`),
      },
    ];
  });
}

/** Writes all rows into the emptied table. @returns seconds. */
async function write(
  { owner }: BenchDatabase,
  ingest: Database,
  tenant: TenantId,
  layout: Layout,
  rows: readonly DecidedRow[],
): Promise<number> {
  for (const text of layout.ddl) await owner.query(text);
  await emptyTables(owner, layout.tables.slice(0, 1));
  await owner.query('checkpoint');
  const started = performance.now();
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = rows.slice(from, from + BATCH);
    await withTenant(ingest, tenant, (tx) => layout.insert(tx, tenant, batch));
  }
  return (performance.now() - started) / 1000;
}

/** The bytes of all tables of a layout, over the determinations that the first holds. */
async function bytesOf({ owner }: BenchDatabase, layout: Layout, { log }: BenchOptions): Promise<Bytes> {
  await owner.query(`vacuum (freeze, analyze) ${layout.tables.join(', ')}`);
  const [size] = await owner.query<Bytes & { rows: number }>(
    `select sum(pg_total_relation_size(t::regclass))::float8 as total, sum(pg_relation_size(t::regclass))::float8 as heap,
      sum(pg_indexes_size(t::regclass))::float8 as indexes, (select count(*) from ${layout.tables[0]}) as rows
    from unnest($1::text[]) t`,
    [layout.tables],
  );
  if (size === undefined || size.rows === 0) throw new Error(`${layout.name} has no determinations`);
  log(`${layout.name}: ${size.rows} determinations`);
  return { total: size.total / size.rows, heap: size.heap / size.rows, indexes: size.indexes / size.rows };
}
