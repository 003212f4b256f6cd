/**
 * `opais`: the national register (94,000 entities and child sites with their contracts and numbers) from its bytes to versions:
 * stored, then normalized until nothing waits. Once into empty tables, once as the next day's file, in which one row in a
 * hundred is another; each run in a process of its own, whose peak memory is the other figure.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect } from '../src/db/client.ts';
import { normalizeStage } from '../src/normalize/normalize.ts';
import { createReceiver } from '../src/receive/receiver.ts';
import { benchContext } from './bench-hub.ts';
import { runChild } from './children.ts';
import { emptyTables, startDatabase, type BenchDatabase } from './database.ts';
import { rounded, type Bench, type BenchOptions, type Figure } from './figure.ts';

const ENTITIES = 94_000;
const SMALL = 5_000;
const MEGABYTE = 1024 * 1024;
const READ_BYTES = 256 * 1024;
const WRITTEN_TABLES = [
  'raw_message',
  'raw_chunk',
  'raw_receipt',
  'raw_state',
  'record_error',
  'change',
  'data_import',
  'covered_entity',
  'contract_pharmacy',
  'medicaid_number',
];

interface FileInput {
  ingestUrl: string;
  path: string;
}

interface FileAnswer {
  seconds: number;
  peakRssMb: number;
}

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

async function writeRegister(path: string, entities: number, day: number): Promise<void> {
  const out = createWriteStream(path);
  out.write(`{"generatedOn":"2026-03-0${day + 1}","coveredEntities":[\n`);
  for (let number = 0; number < entities; number += 1)
    if (!out.write(`${number === 0 ? '' : ',\n'}${JSON.stringify(entityOf(number, day), null, 1)}`))
      await once(out, 'drain');
  out.end('\n]}\n');
  await once(out, 'finish');
}

/** The bench. `--size` = entities. */
export const opais: Bench = {
  name: 'opais',
  about: 'the national register of covered entities to versions, and the memory it takes',
  run: async (options) => {
    const entities = options.size ?? ENTITIES;
    const database = await startDatabase();
    const folder = mkdtempSync(join(tmpdir(), 'hub-bench-opais-'));
    try {
      const small = await importRegister(database, folder, SMALL, 0, options);
      await emptyTables(database.owner, WRITTEN_TABLES);
      const first = await importRegister(database, folder, entities, 0, options);
      const next = await importRegister(database, folder, entities, 1, options);
      const against = `${SMALL} entities: ${rounded(small.peakRssMb)} MB`;
      return [
        figure('first-file', first.seconds, 's', null, null),
        figure('next-day', next.seconds, 's', null, null),
        figure(`peak-rss-mb-${entities}`, first.peakRssMb, 'MB', small.peakRssMb / first.peakRssMb, against),
        figure(`peak-rss-mb-next-day`, next.peakRssMb, 'MB', small.peakRssMb / next.peakRssMb, against),
      ];
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

async function importRegister(
  database: BenchDatabase,
  folder: string,
  entities: number,
  day: number,
  options: BenchOptions,
): Promise<FileAnswer> {
  const path = join(folder, `register-${entities}-${day}.json`);
  await writeRegister(path, entities, day);
  const size = Math.round(statSync(path).size / MEGABYTE);
  await database.owner.query('checkpoint');
  const answer = await runChild<FileAnswer>('opais', { ingestUrl: database.ingestUrl, path });
  rmSync(path);
  const [row] = await database.owner.query<{ rows: number }>(
    'select count(*)::int as rows from covered_entity where known_to is null',
  );
  if (row?.rows !== entities) throw new Error(`${entities} entities made ${row?.rows ?? 0} rows`);
  options.log(
    `${entities} entities, ${size} MB, day ${day + 1}: ${answer.seconds.toFixed(1)} s, peak ${answer.peakRssMb.toFixed(0)} MB`,
  );
  return answer;
}

/** The child: stores the file as a transport does and normalizes until nothing waits. */
export async function normalizeRegister(json: string): Promise<FileAnswer> {
  const { ingestUrl, path }: FileInput = JSON.parse(json);
  const ingest = connect(ingestUrl, { role: 'ingest', max: 2 });
  try {
    const bench = await benchContext(ingest);
    const tenant = bench.tenants.find(({ name }) => name === 'public');
    if (tenant === undefined) throw new Error('there is no public tenant');
    const context = { ...bench, tenant };
    // Days apart by their receipts.
    const clock = (): Date => new Date(context.clock().getTime() + Number(path.includes('-1.json')) * 86_400_000);
    const receiver = createReceiver(ingest, { clock });
    const started = performance.now();
    const content = createReadStream(path, { highWaterMark: READ_BYTES });
    await receiver.receiveFile(tenant.id, 'opais', { name: basename(path), content });
    while ((await normalizeStage.run(context)) > 0);
    const seconds = (performance.now() - started) / 1000;
    return { seconds, peakRssMb: process.resourceUsage().maxRSS / 1024 };
  } finally {
    await ingest.end();
  }
}
