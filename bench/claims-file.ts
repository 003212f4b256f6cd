/**
 * `claims-file`: a claim extract from its bytes to canonical rows (receive, then normalize until nothing waits) against a bare
 * COPY of the same file into one typed table by the same role. Each normalizing run has a process of its own, whose peak
 * memory is the other figure.
 */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect, type Database } from '../src/db/client.ts';
import { statement } from '../src/db/statement.ts';
import { normalizeStage } from '../src/normalize/normalize.ts';
import { createReceiver } from '../src/receive/receiver.ts';
import { benchContext } from './bench-hub.ts';
import { runChild } from './children.ts';
import { HEADER, writeClaimLines } from './claims-lines.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import { interleave, median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const STAGE = statement(import.meta.url, 'claims-stage.sql');
const LINES = 100_000;
const MEGABYTE = 1024 * 1024;
const READ_AHEAD_BYTES = 256 * 1024;
const WRITTEN_TABLES = [
  'raw_message',
  'raw_chunk',
  'raw_receipt',
  'raw_state',
  'record_error',
  'claim_transaction',
  'change',
];

interface FileInput {
  ingestUrl: string;
  /** null = nothing is received: what waits is normalized. */
  path: string | null;
  /** The name it comes under. */
  name: string;
}

/** One normalizing run. */
interface FileAnswer {
  seconds: number;
  peakRssMb: number;
}

/** The bench. `--size` adds a memory run with that many lines. */
export const claimsFile: Bench = {
  name: 'claims-file',
  about: 'a claim extract to canonical rows, and the memory it takes (--size 1000000: the larger file as well)',
  run: async (options) => {
    const database = await startDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'hub-bench-files-'));
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 2 });
    try {
      await benchContext(ingest);
      await database.owner.query(STAGE.text);
      await database.owner.query('grant insert on bench_claim_stage, bench_claim_indexed to hub_ingest');
      const path = join(folder, 'claims.txt');
      await writeClaimLines(path, LINES);
      const figures = await measure(database, ingest, path, options);
      if (options.size === undefined) return figures;
      return [...figures, ...(await measureLarge(database, ingest, folder, options, options.size))];
    } finally {
      await ingest.end();
      rmSync(folder, { recursive: true, force: true });
      await database.stop();
    }
  },
};

async function measure(
  database: BenchDatabase,
  ingest: Database,
  path: string,
  options: BenchOptions,
): Promise<Figure[]> {
  const memory: number[] = [];
  const replays: number[] = [];
  const raws: number[] = [];
  const { measured, baseline } = await interleave(
    options.rounds,
    async () => {
      const { seconds, peakRssMb } = await normalize(database, path, LINES, options);
      memory.push(peakRssMb);
      replays.push(await resend(database, path, LINES, options));
      raws.push(await readAgain(database, LINES, options));
      return seconds;
    },
    () => copy(database, ingest, path, options),
  );
  const [hub, bare] = [median(measured), median(baseline)];
  return [
    {
      bench: 'claims-file',
      figure: 'file-to-canonical',
      value: rounded(LINES / hub),
      unit: 'lines/s',
      ratio: rounded(bare / hub),
      against: `bare COPY: ${rounded(LINES / bare)} lines/s`,
    },
    memoryFigure(LINES, median(memory), null),
    againFigure('replay-seconds', LINES, median(replays), hub),
    againFigure('raw-again-seconds', LINES, median(raws), hub),
  ];
}

/** The same with the larger file, against the memory of a run with the smaller one that has just been made. */
async function measureLarge(
  database: BenchDatabase,
  ingest: Database,
  folder: string,
  options: BenchOptions,
  lines: number,
): Promise<Figure[]> {
  const path = join(folder, 'large.txt');
  await writeClaimLines(path, lines);
  const small = await normalize(database, join(folder, 'claims.txt'), LINES, options);
  const memory: number[] = [];
  const { measured, baseline } = await interleave(
    options.rounds,
    async () => {
      const { seconds, peakRssMb } = await normalize(database, path, lines, options);
      memory.push(peakRssMb);
      return seconds;
    },
    () => copy(database, ingest, path, options),
  );
  const [hub, bare] = [median(measured), median(baseline)];
  const again = await resend(database, path, lines, options);
  const indexed = await copy(database, ingest, path, options, 'bench_claim_indexed');
  return [
    {
      bench: 'claims-file',
      figure: `file-to-canonical-${lines}`,
      value: rounded(lines / hub),
      unit: 'lines/s',
      ratio: rounded(bare / hub),
      against: `bare COPY: ${rounded(lines / bare)} lines/s`,
    },
    {
      bench: 'claims-file',
      figure: `file-to-canonical-${lines}-indexed`,
      value: rounded(lines / hub),
      unit: 'lines/s',
      ratio: rounded(indexed / hub),
      against: `COPY into a table with as many indexes: ${rounded(lines / indexed)} lines/s (one round)`,
    },
    memoryFigure(lines, median(memory), small.peakRssMb),
    againFigure('replay-seconds', lines, again, hub),
  ];
}

const memoryFigure = (lines: number, megabytes: number, smaller: number | null): Figure => ({
  bench: 'claims-file',
  figure: `peak-rss-mb-${lines}`,
  value: rounded(megabytes),
  unit: 'MB',
  ratio: smaller === null ? null : rounded(smaller / megabytes),
  against: smaller === null ? null : `${LINES} lines: ${rounded(smaller)} MB`,
});

const againFigure = (name: string, lines: number, seconds: number, first: number): Figure => ({
  bench: 'claims-file',
  figure: `${name}-${lines}`,
  value: rounded(seconds),
  unit: 's',
  ratio: rounded(first / seconds),
  against: `first run: ${rounded(first)} s`,
});

/** The same file under another name: its bytes are known, nothing is read again. */
async function resend(database: BenchDatabase, path: string, lines: number, options: BenchOptions): Promise<number> {
  const input: FileInput = { ingestUrl: database.ingestUrl, path, name: 'again.txt' };
  const { seconds } = await runChild<FileAnswer>('claims-file', input);
  await expectRows(database, lines);
  options.log(`${lines} lines under another name: ${seconds.toFixed(2)} s`);
  return seconds;
}

/** The stored file read once more, as a rebuild would: every line is found to be there already. */
async function readAgain(database: BenchDatabase, lines: number, options: BenchOptions): Promise<number> {
  await database.owner.query(
    `update raw_state set state = 'PENDING', records = 0, accepted = 0, rejected = 0, duplicate = 0, ignored = 0`,
  );
  await database.owner.query('checkpoint');
  const input: FileInput = { ingestUrl: database.ingestUrl, path: null, name: '' };
  const { seconds } = await runChild<FileAnswer>('claims-file', input);
  await expectRows(database, lines);
  const [row] = await database.owner.query<{ duplicate: number }>(
    'select sum(duplicate)::int as duplicate from raw_state',
  );
  if (row?.duplicate !== lines) throw new Error('not all lines were found again');
  options.log(`${lines} lines read again: ${seconds.toFixed(2)} s`);
  return seconds;
}

async function expectRows(database: BenchDatabase, lines: number): Promise<void> {
  const [row] = await database.owner.query<{ rows: number }>('select count(*) as rows from claim_transaction');
  if (row?.rows !== lines) throw new Error(`${lines} lines made ${row?.rows ?? 0} claim transactions`);
}

async function normalize(
  database: BenchDatabase,
  path: string,
  lines: number,
  options: BenchOptions,
): Promise<FileAnswer> {
  await emptyTables(database.owner, WRITTEN_TABLES);
  const input: FileInput = { ingestUrl: database.ingestUrl, path, name: basename(path) };
  const answer = await runChild<FileAnswer>('claims-file', input);
  await expectRows(database, lines);
  options.log(`${lines} lines, hub: ${answer.seconds.toFixed(2)} s, peak ${answer.peakRssMb.toFixed(0)} MB`);
  return answer;
}

/** Columns of the file: the indexed table has two of its own beside them. */
const COLUMNS = HEADER.toLowerCase().replaceAll('|', ', ');

async function copy(
  database: BenchDatabase,
  ingest: Database,
  path: string,
  options: BenchOptions,
  table: 'bench_claim_stage' | 'bench_claim_indexed' = 'bench_claim_stage',
): Promise<number> {
  await emptyTables(database.owner, [table]);
  const started = performance.now();
  await ingest.transaction((tx) =>
    tx.copyIn(
      `copy ${table} (${COLUMNS}) from stdin with (format csv, delimiter '|', header true)`,
      createReadStream(path),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  options.log(
    `${Math.round(statSync(path).size / MEGABYTE)} MB, ${table === 'bench_claim_stage' ? 'bare COPY' : 'COPY with indexes'}: ${seconds.toFixed(2)} s`,
  );
  return seconds;
}

/** The child: receives the file as a transport does, normalizes until nothing waits. */
export async function normalizeFile(json: string): Promise<FileAnswer> {
  const { ingestUrl, path, name }: FileInput = JSON.parse(json);
  const ingest = connect(ingestUrl, { role: 'ingest', max: 4 });
  try {
    const context = await benchContext(ingest);
    const receiver = createReceiver(ingest, { clock: context.clock });
    const started = performance.now();
    if (path !== null) {
      const content = createReadStream(path, { highWaterMark: READ_AHEAD_BYTES });
      await receiver.receiveFile(context.tenant.id, 'claims', { name, content });
    }
    while ((await normalizeStage.run(context)) > 0);
    const seconds = (performance.now() - started) / 1000;
    return { seconds, peakRssMb: process.resourceUsage().maxRSS / 1024 };
  } finally {
    await ingest.end();
  }
}
