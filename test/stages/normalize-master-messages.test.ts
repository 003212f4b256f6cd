/** Master files that come as HL7 messages (MFN): what a file replaces ends, in whatever order and however often it is worked through. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { format } from '../../adapters/formats/hl7v2/index.ts';
import { statement } from '../../src/db/statement.ts';
import { VERSION_SPECS } from '../../src/normalize/versions/version-spec.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { normalizeWorld, numberedId, type TestRaw, type World } from './normalize-world.ts';

const ROSTER = statement(import.meta.resolve('../../src/decide/fact-book.ts'), 'facts-roster.sql');
let world: World;
beforeAll(async () => {
  world = await normalizeWorld([format]);
  const options = { entity: 'DSH1', sites: { CARD: 'DSH1A', ONC: 'DSH1B' } };
  await world.declare('north', { name: 'staff', format: 'hl7v2', options });
  await world.declare('north', { name: 'other', format: 'hl7v2', options });
});
afterAll(() => world.close());
const TABLES =
  'raw_message, raw_state, raw_receipt, record_error, change, data_snapshot, data_import, exception_cause, exception_work, ' +
  Object.values(VERSION_SPECS)
    .map(({ table }) => table)
    .join(', ');
beforeEach(() => world.rows(`truncate ${TABLES}`));

const [ANN, BO, CY, DEE] = ['1000000012', '1000000020', '1000000038', '1000000046'];

/** An M02 or M05. */
const mfn = (event: string, master: 'UPD' | 'REP', id: string, ...entries: string[]): string =>
  [
    `MSH|^~\\&|EHR|MAIN|HUB|LUNA|20260305||MFN^${event}|${id}|P|2.5.1`,
    `MFI|${event === 'M02' ? 'PRA' : 'LOC'}||${master}|||AL`,
    ...entries,
    '',
  ].join('\r');
const person = (npi: string, from = '20240101', code = 'MAD', more = ''): string =>
  `MFE|${code}|1||${npi}\rSTF|${npi}||Name${npi}^A\rPRA|${npi}|||||${npi}^NPI||${from}||${more}`;
const place = (name: string, department: string): string =>
  `MFE|MAD|1||${name}^^^MAIN\rLOC|${name}^^^MAIN||C\rLDP|${name}^^^MAIN|${department}||||A|20250101`;

const message = (number: number, day: number, text: string, feed = 'staff'): TestRaw => ({
  payload: new TextEncoder().encode(text),
  feed,
  controlId: `${feed}-${number}`,
  receivedAt: `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  rawId: numberedId(number),
});

const roster = () =>
  world.rows<{ npi: string; known_to: string | null }>(
    `select npi, valid_from, valid_to, known_from, known_to, ended_on, raw_id, position from prescriber_affiliation
     order by npi, valid_from nulls first, known_from, raw_id, ordinal`,
  );
const current = async (): Promise<string[]> =>
  (await roster()).filter(({ known_to: to }) => to === null).map(({ npi }) => npi);
/** Periods of a prescriber as decisions read them. */
const periods = async (npi: string): Promise<string[]> => {
  const rows = await world.rows<{ from: string; to: string | null }>(ROSTER.text, [world.tenantId('north'), [npi]]);
  return rows.map(({ from, to }) => `${from} to ${to ?? '-'}`);
};
const errors = () => world.rows(`select raw_id, field, message from record_error order by raw_id, ordinal`);

const STORY = [
  message(1, 1, mfn('M02', 'REP', 'A1', person(ANN), person(BO), person(CY))),
  // Of another feed: its rows are its own.
  message(2, 1, mfn('M02', 'UPD', 'A2', person(DEE)), 'other'),
  message(3, 3, mfn('M02', 'UPD', 'A3', person(DEE, '20250101'))),
  // Bo has left; Dee is named again.
  message(4, 5, mfn('M02', 'REP', 'A4', person(ANN), person(CY), person(DEE, '20250101'))),
  // The same file sent again under another id, and one that was waiting behind it.
  message(5, 5, mfn('M02', 'REP', 'A5', person(ANN), person(CY), person(DEE, '20250101'))),
  message(6, 7, mfn('M02', 'UPD', 'A6', person(BO, '20260306'))),
];

test('an entry that a replacing file does not name has ended, whatever is worked through first', async () => {
  const random = seededRandom(11);
  const states: unknown[] = [];
  for (let round = 0; round < 10; round += 1) {
    await world.rows(`truncate ${TABLES}`);
    const order = round === 0 ? STORY : [...STORY].sort(() => random() - 0.5);
    for (const one of order) {
      await world.receive('north', [one]);
      // Some are worked through one by one, some together.
      if (random() < 0.7) await world.drain('north');
    }
    await world.drain('north');
    states.push(await roster());
  }
  for (const state of states) expect(state).toEqual(states[0]);
  expect(await current()).toEqual([ANN, BO, CY, DEE, DEE]);
  const ofBo = (await roster()).filter(({ npi }) => npi === BO);
  expect(ofBo).toMatchObject([
    // What it said holds until the file came that does not name it.
    {
      valid_from: '2024-01-01',
      known_from: '2026-03-01T00:00:00.000Z',
      known_to: '2026-03-05T00:00:00.000Z',
      ended_on: '2026-03-05',
    },
    { valid_from: '2026-03-06', known_to: null, ended_on: null },
  ]);
});

test('who has left keeps what was before, and is there again when named again', async () => {
  const [first, , , replacing] = STORY;
  await world.receive('north', [first!, replacing!]);
  await world.drain('north');
  expect(await periods(BO)).toEqual(['2024-01-01 to 2026-03-05']);
  expect(await periods(ANN)).toEqual(['2024-01-01 to -']);
  // Not named for longer than was known.
  await world.receive('north', [message(7, 3, mfn('M02', 'REP', 'A7', person(ANN)))]);
  await world.drain('north');
  expect([await periods(BO), await periods(CY)]).toEqual([['2024-01-01 to 2026-03-03'], ['2024-01-01 to -']]);
  await world.receive('north', [message(8, 9, mfn('M02', 'UPD', 'A8', person(BO)))]);
  await world.drain('north');
  expect(await periods(BO)).toEqual(['2024-01-01 to -']);
  expect(await world.rows('select npi from prescriber_affiliation where ended_on is not null')).toEqual([]);
});

test('a replacing file that comes late ends what came before it only', async () => {
  const [first, , , replacing] = STORY;
  for (const one of [first!, STORY[5]!, replacing!]) {
    await world.receive('north', [one]);
    await world.drain('north');
  }
  expect(await current()).toEqual([ANN, BO, CY, DEE]);
});

test('a file of which an entry cannot be read, or that names nobody, ends nothing and says so', async () => {
  await world.receive('north', [
    STORY[0]!,
    message(2, 2, mfn('M02', 'REP', 'B2', person(ANN), person('1234567890'))),
    message(3, 3, mfn('M02', 'REP', 'B3')),
  ]);
  await world.drain('north');
  expect(await current()).toEqual([ANN, BO, CY]);
  expect(await errors()).toEqual([
    expect.objectContaining({ raw_id: numberedId(2), field: 'PRA-6' }),
    {
      raw_id: numberedId(2),
      field: 'MFI-3',
      message: 'nothing ends by its absence: 1 entries of the file could not be read',
    },
    expect.objectContaining({ raw_id: numberedId(3), field: 'MFE' }),
    { raw_id: numberedId(3), field: 'MFI-3', message: 'nothing ends by its absence: the file names nothing' },
  ]);
});

test('of several files in one payload the last that replaces counts', async () => {
  const payload = [
    mfn('M02', 'UPD', 'C1', person(ANN)),
    mfn('M05', 'REP', 'C2', place('WEST', 'CARD')),
    mfn('M02', 'REP', 'C3', person(BO)),
    mfn('M02', 'REP', 'C4', person(CY)),
    mfn('M02', 'UPD', 'C5', person(DEE)),
  ].join('');
  await world.receive('north', [STORY[0]!, message(2, 2, payload)]);
  await world.drain('north');
  expect(await current()).toEqual([CY, DEE]);
  expect(await world.rows(`select location, site from location_crosswalk where known_to is null`)).toEqual([
    { location: 'WEST', site: 'DSH1A' },
  ]);
  expect(await world.rows(`select state, records, accepted, ignored from raw_state order by raw_id`)).toMatchObject([
    { state: 'DONE' },
    { state: 'DONE', records: 5, accepted: 3, ignored: 2 },
  ]);
});

test('locations are replaced on their own, and one whose site is not configured is no reason to keep another', async () => {
  await world.receive('north', [
    STORY[0]!,
    message(2, 2, mfn('M05', 'UPD', 'D2', place('WEST', 'CARD'), place('EAST', 'ONC'))),
    message(3, 3, mfn('M05', 'REP', 'D3', place('WEST', 'ONC'), place('ANNEX', 'ELSEWHERE'))),
  ]);
  await world.drain('north');
  expect(await world.rows(`select location, site from location_crosswalk where known_to is null`)).toEqual([
    { location: 'WEST', site: 'DSH1B' },
  ]);
  expect(await current()).toEqual([ANN, BO, CY]);
});

test('a deleted entry ends on its day, and says when it cannot', async () => {
  await world.receive('north', [
    STORY[0]!,
    message(2, 2, mfn('M02', 'UPD', 'E2', person(ANN, '20240101', 'MDL').replace('|1||', '|1|20260228|'))),
    message(3, 3, mfn('M02', 'UPD', 'E3', person(BO, '', 'MDC'))),
  ]);
  await world.drain('north');
  const ends = await world.rows(`select npi, valid_from, valid_to from prescriber_affiliation where known_to is null
    and npi in ('${ANN}', '${BO}') order by npi, valid_from`);
  expect(ends).toEqual([
    { npi: ANN, valid_from: '2024-01-01', valid_to: '2026-02-28' },
    { npi: BO, valid_from: '2024-01-01', valid_to: null },
    { npi: BO, valid_from: null, valid_to: '2026-03-05' },
  ]);
  expect(await errors()).toEqual([
    {
      raw_id: numberedId(3),
      field: 'MFE-1',
      message: 'an entry that is deleted without its first day ends no other period',
    },
  ]);
});

test('visits keep the site that their place had when they began', async () => {
  const visit = (number: string, day: string): string =>
    [
      `MSH|^~\\&|EHR|MAIN|HUB|LUNA|${day}||ADT^A04|V${number}|P|2.5.1`,
      `EVN|A04|${day}`,
      'PID|1||M1^^^MAIN^MR',
      `PV1|1|O|EAST^^^MAIN||||||||||||||||V${number}|||||||||||||||||||||||||${day}`,
      '',
    ].join('\r');
  const story = [
    message(1, 1, mfn('M05', 'UPD', 'F1', place('WEST', 'CARD'), place('EAST', 'ONC'))),
    message(2, 2, visit('1', '20260302')),
    message(3, 3, mfn('M05', 'REP', 'F3', place('WEST', 'CARD'))),
    message(4, 4, visit('2', '20260304')),
  ];
  for (const order of [
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 2, 0, 3],
  ]) {
    await world.rows(`truncate ${TABLES}, encounter, patient, patient_identifier, ehr_event`);
    for (const index of order) {
      await world.receive('north', [story[index]!]);
      await world.drain('north');
    }
    expect(await world.rows('select visit_number, site_id340b from encounter order by visit_number')).toEqual([
      { visit_number: 'V1', site_id340b: 'DSH1B' },
      { visit_number: 'V2', site_id340b: null },
    ]);
  }
});
