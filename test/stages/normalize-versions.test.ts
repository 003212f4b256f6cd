/** Master and reference data as versions on a real database. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AccountType, CanonicalRecord, MasterRecord, ReferenceRecord } from '../../src/model/records.ts';
import { VERSION_SPECS } from '../../src/normalize/versions/version-spec.ts';
import {
  type TestRaw,
  type World,
  listed,
  normalizeWorld,
  numberedId,
  orphan,
  pharmacy,
  roster,
  units,
} from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  const tables = Object.values(VERSION_SPECS).map(({ table }) => table);
  await world.rows(
    `truncate raw_message, raw_state, record_error, change, exception_cause, exception_work, data_sighting, ${tables.join(', ')}`,
  );
});

const file = (number: number, day: number, ...records: CanonicalRecord[]): TestRaw => ({
  payload: units(...records),
  feed: 'files',
  receivedAt: `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  rawId: numberedId(number),
});
const affiliations = () =>
  world.rows(
    `select npi, entity, affiliation, valid_from, valid_to, known_from, known_to, raw_id, position, ordinal
     from prescriber_affiliation order by npi, entity, valid_from nulls first, known_from, raw_id, ordinal`,
  );

test('the row received last is current, whatever is processed first', async () => {
  const story = [
    file(1, 1, roster({ affiliation: 'STAFF' }), roster({ npi: '2', from: null })),
    file(2, 5, roster({ affiliation: 'LOCUM' }), roster({ affiliation: 'REFERRAL', to: '2026-12-31' })),
    file(3, 3, roster({ affiliation: 'LOCUM' }), roster({ npi: '2', from: null, to: '2025-01-01' })),
    file(4, 5, roster({ affiliation: 'STAFF', from: '2025-01-01' })),
  ];
  const states: unknown[] = [];
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [2, 0, 3, 1],
  ]) {
    for (const together of [true, false]) {
      await world.rows('truncate raw_message, raw_state, data_sighting, prescriber_affiliation');
      for (const index of order) {
        await world.receive('north', story.slice(index, index + 1));
        if (!together) await world.drain('north');
      }
      await world.drain('north');
      states.push(await affiliations());
    }
  }
  for (const one of states) expect(one).toEqual(states[0]);
  const current = await world.rows(
    'select npi, affiliation, valid_to, raw_id, ordinal from prescriber_affiliation where known_to is null order by npi, valid_from',
  );
  expect(current).toEqual([
    { npi: '1234567893', affiliation: 'REFERRAL', valid_to: '2026-12-31', raw_id: numberedId(2), ordinal: 2 },
    { npi: '1234567893', affiliation: 'STAFF', valid_to: null, raw_id: numberedId(4), ordinal: 1 },
    { npi: '2', affiliation: 'STAFF', valid_to: '2025-01-01', raw_id: numberedId(3), ordinal: 2 },
  ]);
  expect(await affiliations()).toContainEqual(
    expect.objectContaining({ known_from: '2026-03-01T00:00:00.000Z', known_to: '2026-03-03T00:00:00.000Z', npi: '2' }),
  );
});

test('a change only where the current content differs', async () => {
  await world.receive('north', [file(1, 2, roster(), roster({ npi: '2' }))]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual(['ROSTER 1234567893', 'ROSTER 2']);
  await world.receive('north', [file(2, 3, roster(), roster({ npi: '2', affiliation: 'LOCUM' }))]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual(['ROSTER 2']);
  // An older file that is processed late changes what was known then, not what is current.
  await world.receive('north', [file(3, 1, roster({ affiliation: 'REFERRAL' }))]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual([]);
});

test('many changed keys become one change', async () => {
  const many = Array.from({ length: 6_000 }, (_, index) => roster({ npi: String(index) }));
  await world.receive('north', [file(1, 1, ...many, roster({ npi: '0', affiliation: 'LOCUM' }))]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual(['ALL']);
  expect(
    await world.rows(`select affiliation from prescriber_affiliation where npi = '0' and known_to is null`),
  ).toEqual([{ affiliation: 'LOCUM' }]);
});

test('public data belongs to nobody and marks every tenant', async () => {
  await world.receive('public', [file(1, 1, orphan('000931048'))]);
  await world.drain('public');
  expect(await world.changes('north')).toEqual(['DRUG 000931048']);
  expect(await world.changes('south')).toEqual(['DRUG 000931048']);
  expect(await world.changes('public')).toEqual([]);
  await world.receive('public', [file(2, 2, orphan('000931048')), file(3, 3, orphan('000931048', false))]);
  await world.drain('public');
  expect(await world.changes('south')).toEqual(['DRUG 000931048']);
  expect(await world.rows('select designated from orphan_designation where known_to is null')).toEqual([
    { designated: false },
  ]);
});

test('the first row of a quarter of the exclusion file answers for everybody, later ones for their entity', async () => {
  await world.receive('public', [file(1, 1, listed('DSH1'))]);
  await world.drain('public');
  expect(await world.changes('north')).toEqual(['ALL']);
  await world.receive('public', [file(2, 2, listed('DSH1'), listed('DSH2'))]);
  await world.drain('public');
  expect(await world.changes('north')).toEqual(['ENTITY DSH2']);
});

test("a tenant's feed cannot bring public data", async () => {
  await world.receive('north', [file(1, 1, roster(), orphan('000931048')), file(2, 1, roster({ npi: '2' }))]);
  await world.drain('north');
  expect(await world.rows('select raw_id, state from raw_state order by raw_id')).toEqual([
    { raw_id: numberedId(1), state: 'HELD' },
    { raw_id: numberedId(2), state: 'DONE' },
  ]);
  expect(await world.rows('select 1 from orphan_designation')).toEqual([]);
  expect(await world.rows('select npi from prescriber_affiliation')).toEqual([{ npi: '2' }]);
});

const dates = { from: '2026-01-01', to: null };
const type: AccountType = '340B';
/** One row of every kind, so that every line of the specs meets its table. */
const EVERY: (MasterRecord | ReferenceRecord)[] = [
  roster(),
  pharmacy(),
  {
    type: 'master',
    kind: 'locationCrosswalk',
    row: { facility: 'F', location: 'L', site: 'S', costReportLine: '60', ...dates },
  },
  {
    type: 'master',
    kind: 'plan',
    row: { bin: '1', pcn: '', group: 'G', planType: 'COMMERCIAL', state: '', name: 'N', ...dates },
  },
  {
    type: 'master',
    kind: 'medicaidPolicy',
    row: {
      entity: 'E',
      state: 'IL',
      planType: 'MEDICAID_FFS',
      decision: 'CARVE_IN',
      marker420: '20',
      marker423: '08',
      ...dates,
    },
  },
  {
    type: 'master',
    kind: 'manufacturerPolicy',
    row: {
      labeler: '00093',
      exemptEntityTypes: ['CAH'],
      exemptStates: [],
      designated: ['A:1', 'B:2'],
      source: 'x',
      ...dates,
    },
  },
  {
    type: 'master',
    kind: 'wholesalerAccount',
    row: { wholesaler: 'W', accountNumber: 'A', accountType: type, entity: 'E', ncpdp: '1', hin: '', dea: '' },
  },
  {
    type: 'master',
    kind: 'drugPrice',
    row: { ndc11: '00093104801', accountType: type, packagePrice: '12.3456', ...dates },
  },
  { type: 'master', kind: 'feeSchedule', row: { ncpdp: '1', entity: 'E', planType: 'CASH', fee: '9.99', ...dates } },
  {
    type: 'reference',
    kind: 'coveredEntity',
    row: {
      id340b: 'DSH1',
      parent340b: 'DSH1',
      name: 'N',
      subName: '',
      entityType: 'DSH',
      state: 'IL',
      participating: true,
      startDate: '2020-01-01',
      terminationDate: null,
    },
  },
  {
    type: 'reference',
    kind: 'contractPharmacy',
    row: {
      id340b: 'DSH1',
      contractId: 'C',
      opaisPharmacyId: 'P',
      name: 'N',
      beginDate: '2020-01-01',
      terminationDate: null,
    },
  },
  { type: 'reference', kind: 'medicaidNumber', row: { id340b: 'DSH1', state: 'IL', number: '1', numberKind: 'NPI' } },
  listed('DSH1'),
  {
    type: 'reference',
    kind: 'drugProduct',
    row: {
      productNdc: '000931048',
      productType: 'HUMAN PRESCRIPTION DRUG',
      name: 'N',
      labelerName: 'L',
      dosageForm: 'TABLET',
      strength: '1',
      schedule: 'CII',
      marketingStart: '2020-01-01',
      marketingEnd: null,
    },
  },
  {
    type: 'reference',
    kind: 'drugPackage',
    row: {
      ndc11: '00093104801',
      packageNdc: '0093-1048-01',
      productNdc: '000931048',
      description: '100 TABLET in 1 BOTTLE',
      packageSize: '100.000',
      unit: 'EA',
      marketingStart: null,
      marketingEnd: null,
    },
  },
  orphan('000931048'),
  {
    type: 'reference',
    kind: 'nadacPrice',
    row: { ndc11: '00093104801', from: '2026-03-01', unitCost: '0.27781', unit: 'EA' },
  },
  {
    type: 'reference',
    kind: 'hcpcsNdc',
    row: {
      hcpcs: 'J9990',
      ndc11: '00093104801',
      drugName: 'N',
      labelerName: 'L',
      dosage: '10 MG',
      billUnits: '40.000',
    },
  },
];

test.each(EVERY.map((record) => [record.kind, record] as const))('%s is kept as it was said', async (kind, record) => {
  const tenant = record.type === 'master' ? 'north' : 'public';
  await world.receive(tenant, [file(1, 1, record), file(2, 2, record)]);
  expect(await world.drain(tenant)).toBe(2);
  const { table, key, values } = VERSION_SPECS[kind];
  const rows = await world.rows(`select * from ${table} where known_to is null`);
  expect(rows).toHaveLength(1);
  const said = new Map<string, unknown>(Object.entries(record.row));
  for (const { name, member } of [...key, ...values]) {
    expect(said.has(member) || member === 'from').toBe(true);
    expect([name, rows[0]?.[name]]).toEqual([name, said.get(member)]);
  }
  expect(EVERY.map((one) => one.kind).sort()).toEqual(Object.keys(VERSION_SPECS).sort());
});
