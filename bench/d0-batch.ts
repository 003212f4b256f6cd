/**
 * `d0-batch`: an NCPDP batch file of D.0 requests and, far behind them, their responses, from its bytes to canonical rows (receive,
 * pair, normalize until nothing waits) against a bare COPY of rows that hold the same values: one row a transaction with its
 * answer, already paired and in plain text, into one typed table without indexes by the same role. Also what reading alone
 * costs, and the peak memory of the process that normalizes, which must not grow with the file.
 */
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { open } from 'node:fs/promises';
import { FORMATS } from '../adapters/index.ts';
import { connect, type Database } from '../src/db/client.ts';
import { statement } from '../src/db/statement.ts';
import { benchContext } from './bench-hub.ts';
import { runChild } from './children.ts';
import type { FileAnswer, FileInput } from './claims-file.ts';
import { COLUMNS, writeTransactions } from './d0-transactions.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import { databaseSeconds } from './processor-time.ts';
import { interleave, median, rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const STAGE = statement(import.meta.url, 'd0-batch.sql');
const TRANSACTIONS = 100_000;
/** The memory of the file is held against that of this part of it. */
const SMALL_PART = 10;
const STEP_BYTES = 256 * 1024;
const MEGABYTE = 1024 * 1024;
const WRITTEN_TABLES = [
  'raw_message',
  'raw_chunk',
  'raw_receipt',
  'raw_state',
  'record_error',
  'claim_transaction',
  'claim_response',
  'change',
];

/** A file of transactions, and its rows. */
interface Files {
  count: number;
  batch: string;
  rows: string;
}

/** What a child that only reads answers. */
interface ReadAnswer {
  /** Processor time. */
  seconds: number;
}

/** The bench. `--size` = transactions of the file. */
export const d0Batch: Bench = {
  name: 'd0-batch',
  about: 'an NCPDP batch file of requests and responses to canonical rows, and the memory it takes',
  run: async (options) => {
    const database = await startDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'hub-bench-batches-'));
    const ingest = connect(database.ingestUrl, { role: 'ingest', max: 2 });
    try {
      await benchContext(ingest);
      await database.owner.query(STAGE.text);
      await database.owner.query('grant insert on bench_d0_stage to hub_ingest');
      const count = options.size ?? TRANSACTIONS;
      const files = await filesOf(folder, count);
      const small = await filesOf(folder, Math.ceil(count / SMALL_PART));
      options.log(`${Math.round(statSync(files.batch).size / MEGABYTE)} MB, ${count} transactions`);
      return await measure(database, ingest, files, small, options);
    } finally {
      await ingest.end();
      rmSync(folder, { recursive: true, force: true });
      await database.stop();
    }
  },
};

async function filesOf(folder: string, count: number): Promise<Files> {
  const files = { count, batch: join(folder, `${count}.ncpdp`), rows: join(folder, `${count}.txt`) };
  await writeTransactions(files.batch, files.rows, count);
  return files;
}

async function measure(
  database: BenchDatabase,
  ingest: Database,
  files: Files,
  small: Files,
  options: BenchOptions,
): Promise<Figure[]> {
  const { count } = files;
  const answers: FileAnswer[] = [];
  const reading: number[] = [];
  const [server, bareServer]: [number[], number[]] = [[], []];
  const { measured, baseline } = await interleave(
    options.rounds,
    async () => {
      reading.push((await runChild<ReadAnswer>('d0-read', files)).seconds);
      const answer = await timed(database, server, () => normalize(database, files, options));
      answers.push(answer);
      return answer.seconds;
    },
    () => timed(database, bareServer, () => copy(database, ingest, files, options)),
  );
  const less = await normalize(database, small, options);
  const [hub, bare] = [median(measured), median(baseline)];
  const cost = (figure: string, seconds: number, against: string | null = null): Figure => ({
    bench: 'd0-batch',
    figure,
    value: rounded((seconds * 1e6) / count),
    unit: 'us/transaction',
    ratio: null,
    against,
  });
  const memory = median(answers.map(({ peakRssMb }) => peakRssMb));
  return [
    {
      bench: 'd0-batch',
      figure: 'file-to-canonical',
      value: rounded(count / hub),
      unit: 'transactions/s',
      ratio: rounded(bare / hub),
      against: `bare COPY: ${rounded(count / bare)} rows/s`,
    },
    cost('cpu-reading', median(reading)),
    cost('cpu-process', median(answers.map(({ cpuSeconds }) => cpuSeconds))),
    cost('cpu-database', median(server), `bare COPY: ${rounded((median(bareServer) * 1e6) / count)} us/row`),
    {
      bench: 'd0-batch',
      figure: `peak-rss-mb-${count}`,
      value: rounded(memory),
      unit: 'MB',
      ratio: rounded(less.peakRssMb / memory),
      against: `${small.count} transactions: ${rounded(less.peakRssMb)} MB`,
    },
  ];
}

/** Does something, and notes the processor time that the server takes for it. */
async function timed<T>({ pid }: BenchDatabase, seconds: number[], work: () => Promise<T>): Promise<T> {
  const before = databaseSeconds(pid);
  const result = await work();
  const after = databaseSeconds(pid);
  seconds.push(before === null || after === null ? Number.NaN : after - before);
  return result;
}

async function normalize(database: BenchDatabase, { batch, count }: Files, options: BenchOptions): Promise<FileAnswer> {
  await emptyTables(database.owner, WRITTEN_TABLES);
  const input: FileInput = { ingestUrl: database.ingestUrl, path: batch, name: basename(batch), feed: 'batches' };
  const answer = await runChild<FileAnswer>('claims-file', input);
  const [stored] = await database.owner.query<{ rows: number; answered: number; alone: number }>(
    `select count(*)::int as rows, (count(*) filter (where response_status <> ''))::int as answered,
      (select count(*) from claim_response)::int as alone from claim_transaction`,
  );
  if (stored?.rows !== count || stored.answered !== count || stored.alone !== 0)
    throw new Error(`${count} transactions made ${stored?.rows} rows, ${stored?.answered} with an answer`);
  options.log(`${count} transactions, hub: ${answer.seconds.toFixed(2)} s, peak ${answer.peakRssMb.toFixed(0)} MB`);
  return answer;
}

async function copy(
  database: BenchDatabase,
  ingest: Database,
  { rows }: Files,
  options: BenchOptions,
): Promise<number> {
  await emptyTables(database.owner, ['bench_d0_stage']);
  const started = performance.now();
  await ingest.transaction((tx) =>
    tx.copyIn(`copy bench_d0_stage (${COLUMNS}) from stdin with (format csv, delimiter '|')`, createReadStream(rows)),
  );
  const seconds = (performance.now() - started) / 1000;
  options.log(`${Math.round(statSync(rows).size / MEGABYTE)} MB, bare COPY: ${seconds.toFixed(2)} s`);
  return seconds;
}

/** The child that only reads: the file to records, nothing stored. */
export async function readTransactions(json: string): Promise<ReadAnswer> {
  const { batch, count }: Files = JSON.parse(json);
  const file = await open(batch);
  try {
    const { size } = await file.stat();
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
      await file.read(bytes, 0, bytes.length, from);
      return bytes;
    };
    const context = { feed: 'batches', zone: 'America/Chicago', sha256: '', options: {} };
    const before = process.cpuUsage();
    let records = 0;
    for await (const units of FORMATS.get('ncpdp-batch')?.read({ size, step: STEP_BYTES, read }, context) ?? [])
      for (const unit of units) records += unit.records.length;
    const { user, system } = process.cpuUsage(before);
    if (records !== count) throw new Error(`${count} transactions gave ${records} records`);
    return { seconds: (user + system) / 1e6 };
  } finally {
    await file.close();
  }
}
