/** A pharmacy is wired from samples nobody has declared: drafted, previewed against the real data, and nothing is left behind. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';
import { draftOf } from '../../adapters/formats/claim-extract/guess.ts';
import { format as claimExtract } from '../../adapters/formats/claim-extract/index.ts';
import { inMemory } from '../../adapters/source.ts';
import { linkSentence, previewFile } from '../../src/cli/feed/preview.ts';
import type { Session } from '../../src/cli/session.ts';
import { feedSchema } from '../../src/config/schema.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { contextsOf, settle, stateOf, storeFacts } from '../support/small-hub.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';

const TODAY = '2026-03-31';
const NOW = new Date(`${TODAY}T18:00:00Z`);

let database: TestDatabase;
let tenants: Tenant[];
let folder: string;
/** The claims of the demonstration's pharmacy, by column, with prescription numbers of their own. */
let claims: Record<string, string>[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wiring-'));
  database = await testDatabase();
  const world = buildWorld({ seed: 'wiring', today: TODAY, scale: 0.02 });
  const deliveries = deliveriesOf(world);
  tenants = await storeFacts(database.ingest, configurationOf(world), deliveries, new Date(`${TODAY}T06:00:00Z`));
  await settle(contextsOf(database.ingest, tenants, NOW));
  claims = deliveries
    .filter(({ feed }) => feed === 'mercy-rx-claims')
    .flatMap(({ bytes }) => {
      const [header = '', ...lines] = Buffer.from(bytes).toString().trim().split('\n');
      const names = header.split('|');
      return lines
        .filter((line) => line.startsWith('PAID|'))
        .map((line) => Object.fromEntries(line.split('|').map((cell, at) => [names[at] ?? '', cell])));
    })
    // The world has bad rows of its own.
    .filter((claim) => /^[1-9]\d*\.\d{3}$/.test(claim['QTY'] ?? '') && /^[\d/]{10}$/.test(claim['FILL_DT'] ?? ''))
    .map((claim) => ({ ...claim, RX_NO: String(Number(claim['RX_NO']) + 5_000_000) }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.close();
});

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const cell = (claim: Record<string, string>, name: string): string => claim[name] ?? '';
const iso = (text: string): string => text.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, '$3-$1-$2');

/** A feed with the drafted options, as its file would declare it. */
const feedOf = (options: Record<string, unknown>, name = 'acme-claims'): ReturnType<typeof feedSchema.parse> =>
  feedSchema.parse({
    feed: name,
    tenant: 'mercy',
    kind: 'claims',
    source: { manual: true },
    format: { 'claim-extract': options },
    timezone: 'America/Chicago',
  });

async function drafted(bytes: Uint8Array): Promise<{ options: Record<string, unknown>; notes: string[] }> {
  const draft = await draftOf(inMemory(bytes));
  if (draft === null) throw new Error('nothing was drafted');
  expect(claimExtract.checkOptions(draft.options)).toEqual([]);
  return draft;
}

const pipeFile = (): string =>
  [
    'STORE NCPDP|Rx Nbr|Refill Nbr|Date Filled|NDC Number|Qty Dispensed|Days Supply|Date Written|Prescriber NPI|BIN Nbr|PCN|Pt Last Name|Pt First Name|Pt DOB|Pt Sex|Trans Type|Plan Paid Amt|RPH',
    ...claims.map((claim, at) =>
      [
        cell(claim, 'NCPDP_ID'),
        cell(claim, 'RX_NO'),
        cell(claim, 'FILL_NO'),
        at === 1 ? '11/31/2026' : cell(claim, 'FILL_DT'),
        cell(claim, 'NDC'),
        cell(claim, 'QTY'),
        cell(claim, 'DAYS'),
        cell(claim, 'WRITTEN_DT'),
        cell(claim, 'PRESCRIBER_NPI'),
        cell(claim, 'BIN'),
        cell(claim, 'PCN'),
        cell(claim, 'PAT_LAST'),
        cell(claim, 'PAT_FIRST'),
        cell(claim, 'PAT_DOB').replace(/^(\d{4})(\d\d)(\d\d)$/, '$2/$3/$1'),
        cell(claim, 'PAT_SEX'),
        at === 0 ? 'V' : 'P',
        cell(claim, 'PAID'),
        'JS',
      ].join('|'),
    ),
    `TRL|${claims.length}`,
    '',
  ].join('\n');

describe('a pipe file with names of its own', () => {
  test('is drafted and linked; a bad row is told by line and column, its value masked; nothing is kept', async () => {
    const before = await stateOf(database.ingest, tenants);
    const path = file('acme.txt', pipeFile());
    const { options, notes } = await drafted(Buffer.from(pipeFile()));
    expect(options).toMatchObject({
      delimiter: '|',
      trailer: { prefix: 'TRL', count_in: 2 },
      map: {
        status: { from: 'Trans Type', lookup: { V: 'reversed', P: 'paid' } },
        'pharmacy.ncpdp': 'STORE NCPDP',
        'fill.number': 'Refill Nbr',
        dateOfService: { from: 'Date Filled', format: 'MM/dd/yyyy' },
        'patient.birthDate': { from: 'Pt DOB', format: 'MM/dd/yyyy' },
      },
    });
    expect(notes).toContain('not mapped: RPH');
    const session = { ingest: database.ingest, tenants } as unknown as Session;
    const preview = await previewFile(session, feedOf(options), path, { clock: () => NOW });
    expect(preview).toMatchObject({ state: 'DONE', records: claims.length, rejected: 1 });
    expect(preview.problems).toEqual([
      {
        position: 'line 3',
        field: 'Date Filled',
        value: '99/99/9999',
        problem: 'is not a day of the declared format',
        accepted: false,
      },
    ]);
    const linked = preview.links.reduce((sum, one) => sum + one.linked, 0);
    expect(linked).toBeGreaterThan(claims.length / 3);
    expect(linkSentence(preview.links)).toMatch(/^would link: \d+ dispenses to encounters/);
    expect(await stateOf(database.ingest, tenants)).toEqual(before);
    const raws = await database.ingest.transaction((tx) =>
      tx.query(`select 1 from raw_receipt where tenant_id = $1::uuid and feed like '%preview%'`, [tenants[1]?.id]),
    );
    expect(raws).toHaveLength(0);
  });
});

test('a comma file without a header is told by its values', async () => {
  const text = claims
    .map((claim) =>
      [
        cell(claim, 'NCPDP_ID'),
        cell(claim, 'RX_NO'),
        cell(claim, 'FILL_NO'),
        iso(cell(claim, 'FILL_DT')).replaceAll('-', ''),
        cell(claim, 'NDC'),
        cell(claim, 'QTY'),
        cell(claim, 'PRESCRIBER_NPI'),
      ].join(','),
    )
    .join('\r\n');
  const { options, notes } = await drafted(Buffer.from(text));
  expect(options).toMatchObject({
    delimiter: ',',
    header: false,
    map: {
      'pharmacy.ncpdp': 'C1',
      'rx.number': 'C2',
      'fill.number': 'C3',
      dateOfService: { from: 'C4', format: 'yyyyMMdd' },
      ndc: 'C5',
      quantity: 'C6',
      'prescriber.id': 'C7',
    },
  });
  expect(notes.join('\n')).toContain('no column tells paid from reversed');
});

test('a workbook with titles', async () => {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Export');
  sheet.addRow(['Dispensing report']);
  sheet.addRow(['PharmacyNPI', 'RxNumber', 'FillNumber', 'ServiceDate', 'NDC11', 'Quantity', 'ClaimStatus']);
  for (const claim of claims)
    sheet.addRow([
      '1902000013',
      Number(cell(claim, 'RX_NO')),
      Number(cell(claim, 'FILL_NO')),
      new Date(`${iso(cell(claim, 'FILL_DT'))}T00:00:00Z`),
      cell(claim, 'NDC'),
      Number(cell(claim, 'QTY')),
      'PAID',
    ]);
  const { options } = await drafted(new Uint8Array(await book.xlsx.writeBuffer()));
  expect(options).toMatchObject({
    sheet: 1,
    skip: 1,
    map: {
      'pharmacy.npi': 'PharmacyNPI',
      dateOfService: { from: 'ServiceDate', format: 'yyyy-MM-dd' },
      status: { from: 'ClaimStatus', lookup: { PAID: 'paid' } },
    },
  });
});
