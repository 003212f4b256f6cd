/**
 * `opais`: the national register (94,000 entities and child sites with their contracts and numbers) from its bytes to versions:
 * stored, then normalized until nothing waits. Once into empty tables, once again as it was (another day's file, whose only
 * difference is its date), once as a file in which one entity in a hundred is another; each run in a process of its own, whose
 * peak memory is the other figure. Processor time is told apart for the hub and for PostgreSQL.
 */
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './children.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import type { FileAnswer, FileInput } from './opais-child.ts';
import { rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const ENTITIES = 94_000;
const SMALL = 20_000;
const MEGABYTE = 1024 * 1024;
/** The child's program loads what it needs and no other bench: its memory is a figure. */
const CHILD = join(import.meta.dirname, `opais-child${extname(import.meta.filename)}`);
/** Linux counts processor time in hundredths of a second. */
const TICK_US = 10_000;
const SETTLED_MS = 500;
const WRITTEN_TABLES = [
  'raw_message',
  'raw_chunk',
  'raw_receipt',
  'raw_state',
  'record_error',
  'change',
  'data_import',
  'data_sighting',
  'covered_entity',
  'contract_pharmacy',
  'medicaid_number',
];

const stamp = (year: number, number: number): string =>
  `${year}-${String(1 + (number % 12)).padStart(2, '0')}-01T09:29:10.8756857`;

/** An entity as the register writes it; on another day one in a hundred says something else. */
function entityOf(number: number, day: number): object {
  const family = Math.floor(number / 4);
  const site = number % 4;
  const id340B = `DSH${String(100_000 + family)}${site === 0 ? '' : ' ABC'.charAt(site)}`;
  const changed = day > 0 && number % 100 === 7;
  const address = { line1: `${number} EXAMPLE STREET`, line2: 'SUITE 200', city: 'ANYTOWN', state: 'WI', zip: '53001' };
  const contact = {
    name: 'PAT EXAMPLE',
    title: 'DIRECTOR OF PHARMACY',
    phoneNumber: '5555550100',
    phoneNumberExtension: '',
  };
  return {
    ceId: 10_000 + number,
    id340B,
    entityType: 'DSH',
    name: `EXAMPLE HEALTH SYSTEM ${family}`,
    subName: changed ? `RENAMED CLINIC ${number}` : `OUTPATIENT CLINIC ${number}`,
    grantNumber: '',
    participating: 'TRUE',
    participatingStartDate: stamp(2012 + (number % 10), number),
    terminationDate: null,
    streetAddress: { ...address, is340BStreetAddress: 'TRUE' },
    billingAddress: { ...address, organization: `EXAMPLE HEALTH SYSTEM ${family}` },
    shippingAddresses: [address, address],
    authorizingOfficial: contact,
    primaryContact: contact,
    certifiedDecertifiedDate: stamp(2025, number),
    editDate: stamp(2026, number),
    npiNumbers: [{ npiNumber: String(1_000_000_000 + number), state: 'WI' }],
    medicaidNumbers: site === 0 ? [{ medicaidNumber: String(500_000 + family), state: 'WI' }] : [],
    contractPharmacies: Array.from({ length: 2 + (number % 3) }, (_, index) => ({
      contractId: number * 10 + index,
      pharmacyId: 200_000 + ((number * 3 + index) % 30_000),
      name: `CORNER PHARMACY ${index}`,
      address,
      phoneNumber: '5555550199',
      beginDate: stamp(2019, number + index),
      terminationDate: changed && index === 0 ? stamp(2026, number) : null,
      certifiedDecertifiedDate: stamp(2025, number),
      editDate: stamp(2026, number),
      comments: '',
    })),
  };
}

async function writeRegister(path: string, { entities, receipt, content }: Register): Promise<void> {
  const out = createWriteStream(path);
  out.write(`{"generatedOn":"2026-03-0${receipt + 1}","coveredEntities":[\n`);
  for (let number = 0; number < entities; number += 1)
    if (!out.write(`${number === 0 ? '' : ',\n'}${JSON.stringify(entityOf(number, content), null, 1)}`))
      await once(out, 'drain');
  out.end('\n]}\n');
  await once(out, 'finish');
}

/** The bench. `--size` = entities. */
export const opais: Bench = {
  name: 'opais',
  about: 'the national register of covered entities to versions, the same again, the next day, and the memory it takes',
  run: async (options) => {
    const entities = options.size ?? ENTITIES;
    const database = await startDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'hub-bench-opais-'));
    try {
      const small = await importRegister(database, folder, { entities: SMALL, receipt: 0, content: 0 }, options);
      await emptyTables(database.owner, WRITTEN_TABLES);
      const first = await importRegister(database, folder, { entities, receipt: 0, content: 0 }, options);
      const again = await importRegister(database, folder, { entities, receipt: 1, content: 0 }, options);
      const next = await importRegister(database, folder, { entities, receipt: 2, content: 1 }, options);
      const runs = { 'first-file': first, 'opais-again': again, 'next-day': next };
      return Object.entries(runs).flatMap(([name, run]) => [
        figure(name, run.seconds, 's', run === first ? null : first.seconds / run.seconds, null),
        figure(`${name}-rows`, run.rowsAdded, 'rows', null, null),
        figure(`${name}-cpu-hub`, run.hubCpu / entities, 'us/entity', null, null),
        figure(`${name}-cpu-postgres`, run.postgresCpu / entities, 'us/entity', null, null),
        figure(
          `${name}-peak-rss`,
          run.peakRssMb,
          'MB',
          small.peakRssMb / run.peakRssMb,
          `${SMALL} entities: ${rounded(small.peakRssMb)} MB`,
        ),
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await database.stop();
    }
  },
};

const figure = (name: string, value: number, unit: string, ratio: number | null, against: string | null): Figure => ({
  bench: 'opais',
  figure: name,
  value: rounded(value),
  unit,
  ratio: ratio === null ? null : rounded(ratio),
  against,
});

/** Which file: when it comes, and of which day its content is. */
interface Register {
  entities: number;
  receipt: number;
  content: number;
}

interface ImportAnswer extends FileAnswer {
  rowsAdded: number;
  /** Microseconds. */
  postgresCpu: number;
}

async function importRegister(
  database: BenchDatabase,
  folder: string,
  register: Register,
  options: BenchOptions,
): Promise<ImportAnswer> {
  const { entities, receipt } = register;
  const path = join(folder, `register-${entities}-${receipt}.json`);
  await writeRegister(path, register);
  const size = Math.round(statSync(path).size / MEGABYTE);
  await database.owner.query('checkpoint');
  const before = await rowsOf(database);
  const used = processorTime(database.pid);
  const input: FileInput = { ingestUrl: database.ingestUrl, path, receipt };
  const answer = await runChild<FileAnswer>('opais', input, CHILD);
  // The server processes of the child end with it, but not at once; those that have ended are counted with the postmaster.
  await sleep(SETTLED_MS);
  const postgresCpu = processorTime(database.pid) - used;
  rmSync(path);
  const after = await rowsOf(database);
  if (after.current !== entities) throw new Error(`${entities} entities made ${after.current} current rows`);
  const rowsAdded = after.all - before.all;
  options.log(
    `${entities} entities, ${size} MB, day ${receipt + 1}: ${answer.seconds.toFixed(1)} s, peak ${answer.peakRssMb.toFixed(0)} MB, ` +
      `${rowsAdded} rows, CPU per entity ${(answer.hubCpu / entities).toFixed(0)} + ${(postgresCpu / entities).toFixed(0)} us`,
  );
  return { ...answer, rowsAdded, postgresCpu };
}

async function rowsOf({ owner }: BenchDatabase): Promise<{ all: number; current: number }> {
  const [row] = await owner.query<{ all: number; current: number }>(
    `select ((select count(*) from covered_entity) + (select count(*) from contract_pharmacy)
         + (select count(*) from medicaid_number) + (select count(*) from data_sighting))::int as all,
       (select count(*) from covered_entity where known_to is null)::int as current`,
  );
  return row ?? { all: 0, current: 0 };
}

/** Processor time of a server and its processes, those that have ended included, in microseconds; Linux only, else NaN. */
function processorTime(postmaster: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let ticks = 0;
  for (const pid of pids) {
    const fields = statOf(pid);
    if (Number(pid) === postmaster) ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    else if (Number(fields[1]) === postmaster) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK_US;
}

/** The fields of a process behind its name; none when it has ended. */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
