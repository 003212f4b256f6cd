/** Merges, links, moves and deletions on a real database: what they come to, and that no order or repetition changes it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CanonicalRecord, Identifier, PatientLinkEvent, VisitLinkEvent } from '../../src/model/records.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  type TestRaw,
  type World,
  normalizeWorld,
  numberedId,
  orderEvent,
  patientEvent,
  units,
  visitEvent,
} from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(() => forget(true));

const DERIVED = 'ehr_event, patient, patient_identifier, patient_link, encounter, prescription, change';
const forget = (everything: boolean): Promise<unknown> =>
  world.rows(`truncate ${DERIVED}${everything ? ', raw_message, raw_state, raw_receipt, record_error' : ''}`);

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 15, minute)).toISOString();
const mr = (value: string): Identifier[] => [{ authority: 'LUNA', type: 'MR', value }];
const stamp = (minute: number, trigger: string) => ({ eventAt: at(minute), controlId: `L${minute}`, trigger });

const person = (value: string, minute: number, more: Parameters<typeof patientEvent>[0] = {}) =>
  patientEvent({ identifiers: mr(value), eventAt: at(minute), controlId: `P${minute}`, ...more });
const link = (minute: number, action: PatientLinkEvent['action'], first: string, second: string): CanonicalRecord => ({
  type: 'patientLink',
  ...stamp(minute, 'A40'),
  action,
  patientIdentifiers: mr(first),
  otherIdentifiers: mr(second),
});
type Renaming = 'MERGE' | 'RENUMBER';
const rename = (minute: number, action: Renaming, from: string, to: string): VisitLinkEvent => ({
  type: 'visitLink',
  ...stamp(minute, 'A50'),
  action,
  visitNumber: to,
  otherVisitNumber: from,
  patientIdentifiers: mr('M1'),
});
const move = (minute: number, what: { visitNumber: string } | { account: string }, to: string): VisitLinkEvent => ({
  type: 'visitLink',
  ...stamp(minute, 'A45'),
  action: 'MOVE',
  patientIdentifiers: mr(to),
  ...what,
});
const visit = (number: string, minute: number, patient: string, more: Parameters<typeof visitEvent>[0] = {}) =>
  visitEvent({
    visitNumber: number,
    eventAt: at(minute),
    controlId: `V${minute}`,
    patientIdentifiers: mr(patient),
    ...more,
  });

const raws = (...records: CanonicalRecord[]): TestRaw[] =>
  records.map((record, index) => ({ payload: units(record), rawId: numberedId(index + 1) }));

async function state(): Promise<unknown> {
  const patients = await world.rows(
    `select p.key, p.family_name, p.status, p.sources, p.raw_id,
       (select json_agg(l.kind || ' ' || o.key || ' ' || l.since order by o.key) from patient_link l join patient o on o.id = l.other_id
        where l.patient_id = p.id) as links
     from patient p order by p.key`,
  );
  const encounters = await world.rows(
    `select e.visit_number, p.key, e.class, e.status, e.started_at, e.location, e.account, e.history, e.sources, e.raw_id
     from encounter e left join patient p on p.id = e.patient_id order by visit_number`,
  );
  const orders = await world.rows(
    `select o.order_number, p.key, o.visit_number, e.visit_number as encounter, o.sources
     from prescription o left join patient p on p.id = o.patient_id left join encounter e on e.id = o.encounter_id
     order by order_number`,
  );
  return { patients, encounters, orders };
}

async function after(...records: CanonicalRecord[]): Promise<unknown> {
  await world.receive('north', raws(...records));
  await world.drain('north');
  return state();
}

describe('patients', () => {
  test('a chain of merges, also before anybody has heard of the records', async () => {
    expect(await after(link(1, 'MERGE', 'M2', 'M3'), link(2, 'MERGE', 'M1', 'M2'))).toMatchObject({
      patients: [
        { key: 'LUNA|MR|M1', links: null },
        { key: 'LUNA|MR|M2', links: [expect.stringMatching(/^MERGE LUNA\|MR\|M1 /)] },
        { key: 'LUNA|MR|M3', links: [expect.stringMatching(/^MERGE LUNA\|MR\|M2 /)] },
      ],
    });
  });

  test.each([
    ['unlinked', link(5, 'SEPARATE', 'M1', 'M2')],
    ['unlinked, named the other way round', link(5, 'SEPARATE', 'M2', 'M1')],
    ['made anew', person('M2', 5, { trigger: 'A28', action: 'ADD' })],
    ['merged the other way round', link(5, 'MERGE', 'M2', 'M1')],
  ])('a merge ends when the record is %s, not by what was said before it', async (_how, ending) => {
    await after(link(3, 'MERGE', 'M1', 'M2'), ending);
    expect(
      await world.rows(`select 1 from patient_link l join patient p on p.id = l.patient_id where p.key like '%M2'`),
    ).toEqual([]);
    await forget(true);
    await after(link(9, 'MERGE', 'M1', 'M2'), ending);
    expect(
      await world.rows(`select kind from patient_link l join patient p on p.id = l.patient_id where p.key like '%M2'`),
    ).toEqual([{ kind: 'MERGE' }]);
  });

  test('both ends of an edge are changed patients when it comes and when it goes', async () => {
    await after(person('M1', 0), person('M2', 1));
    await world.changes('north');
    await world.receive('north', [{ payload: units(link(3, 'MERGE', 'M1', 'M2')), rawId: numberedId(8) }]);
    await world.drain('north');
    expect(await world.changes('north')).toHaveLength(2);
    await world.receive('north', [{ payload: units(link(4, 'SEPARATE', 'M1', 'M2')), rawId: numberedId(9) }]);
    await world.drain('north');
    expect(await world.changes('north')).toHaveLength(2);
  });

  test('a deletion is a tombstone until the record is made anew or a visit begins', async () => {
    const deleted = person('M1', 2, { trigger: 'A29', action: 'DELETE' });
    expect(await after(person('M1', 1), deleted, person('M1', 3))).toMatchObject({ patients: [{ status: 'DELETED' }] });
    await forget(true);
    expect(await after(deleted, person('M1', 3, { action: 'OPEN' }))).toMatchObject({
      patients: [{ status: 'ACTIVE', family_name: 'Müller-Ono Jr.' }],
    });
  });
});

describe('visits', () => {
  test('a new number takes everything along, also the order that names the old one', async () => {
    const opened = visit('V1', 1, 'M1', { location: 'CLINIC' });
    const cancelled = visit('V1', 2, 'M1', { action: 'CANCEL', location: undefined });
    const named = orderEvent({ visitNumber: 'V1', patientIdentifiers: mr('M1') });
    expect(await after(opened, cancelled, named, rename(3, 'RENUMBER', 'V1', 'V2'))).toMatchObject({
      encounters: [
        { visit_number: 'V1', status: 'MERGED' },
        { visit_number: 'V2', status: 'CANCELLED', location: 'CLINIC', started_at: at(1), key: 'LUNA|MR|M1' },
      ],
      orders: [{ visit_number: 'V2', encounter: 'V2' }],
    });
  });

  test('a merged visit gives its values, not its ending', async () => {
    const opened = visit('V1', 1, 'M1');
    const cancelled = visit('V1', 2, 'M1', { action: 'CANCEL' });
    expect(await after(opened, cancelled, visit('V2', 4, 'M1'), rename(3, 'MERGE', 'V1', 'V2'))).toMatchObject({
      encounters: [
        {
          visit_number: 'V1',
          status: 'MERGED',
          history: [{ status: 'ACTIVE' }, { status: 'CANCELLED' }, { status: 'MERGED' }],
        },
        { visit_number: 'V2', status: 'ACTIVE', started_at: at(1) },
      ],
    });
  });

  test('moves of the visit and of its account take visit and order to the other patient', async () => {
    const order = orderEvent({ visitNumber: 'V1', patientIdentifiers: mr('M1') });
    const moved = await after(
      visit('V1', 1, 'M1'),
      order,
      move(70, { visitNumber: 'V1' }, 'M2'),
      visit('V2', 2, 'M1', { account: 'A1' }),
      move(71, { account: 'A1' }, 'M3'),
    );
    expect(moved).toMatchObject({
      encounters: [
        { visit_number: 'V1', key: 'LUNA|MR|M2' },
        { visit_number: 'V2', key: 'LUNA|MR|M3', account: 'A1' },
      ],
      orders: [{ key: 'LUNA|MR|M2', encounter: 'V1' }],
    });
  });

  test('status and class as of any instant, and which message, segment and field said each value', async () => {
    const told = await after(
      visit('V1', 1, 'M1', { startedAt: at(0), attendingNpi: '1234567893' }),
      visit('V1', 5, 'M1', { action: 'UPDATE', trigger: 'A06', patientClass: 'I' }),
      visit('V1', 9, 'M1', {
        action: 'CANCEL',
        trigger: 'A11',
        patientClass: undefined,
        facility: undefined,
        location: undefined,
      }),
    );
    expect(told).toMatchObject({
      encounters: [
        {
          history: [
            { at: at(1), status: 'ACTIVE', class: 'AMB', rawId: numberedId(1) },
            { at: at(5), status: 'ACTIVE', class: 'IMP', rawId: numberedId(2) },
            { at: at(9), status: 'CANCELLED', class: 'IMP', rawId: numberedId(3), position: 'unit 1' },
          ],
          sources: [
            { rawId: numberedId(1), trigger: 'A04', values: 'attendingNpi PV1-7, startedAt PV1-44' },
            { rawId: numberedId(2), trigger: 'A06', values: 'class PV1-2, facility PV1-3, location PV1-3' },
            { rawId: numberedId(3), trigger: 'A11', values: 'patient PID-3, status MSH-9' },
          ],
        },
      ],
    });
  });
});

const STORY: CanonicalRecord[] = [
  person('M1', 0),
  person('M2', 1, { familyName: 'Ono' }),
  link(10, 'MERGE', 'M1', 'M2'),
  link(11, 'MERGE', 'M2', 'M3'),
  link(12, 'MERGE', 'M4', 'M3'),
  link(13, 'LINK', 'M1', 'M5'),
  link(14, 'SEPARATE', 'M5', 'M1'),
  link(15, 'LINK', 'M4', 'M5'),
  person('M2', 16, { trigger: 'A28', action: 'ADD', familyName: 'Anew' }),
  link(17, 'MERGE', 'M6', 'M1'),
  link(18, 'MERGE', 'M1', 'M6'),
  person('M5', 19, { trigger: 'A29', action: 'DELETE' }),
  visit('V1', 2, 'M1', { account: 'A1' }),
  visit('V1', 20, 'M1', { action: 'UPDATE', patientClass: 'I' }),
  rename(21, 'RENUMBER', 'V1', 'V2'),
  visit('V2', 22, 'M1', { action: 'UPDATE', patientClass: 'O', account: 'A2' }),
  visit('V3', 3, 'M2', { account: 'A2' }),
  visit('V3', 23, 'M2', { action: 'CANCEL' }),
  rename(24, 'MERGE', 'V3', 'V2'),
  rename(25, 'RENUMBER', 'V2', 'V4'),
  rename(26, 'RENUMBER', 'V4', 'V2'),
  move(27, { visitNumber: 'V1' }, 'M4'),
  move(28, { account: 'A2' }, 'M5'),
  move(29, { account: 'A1' }, 'M6'),
  visit('V9', 4, 'M9', { account: 'A1' }),
  orderEvent({ visitNumber: 'V1', patientIdentifiers: mr('M1'), eventAt: at(5) }),
  orderEvent({ orderNumber: 'ORD-2', visitNumber: 'V4', patientIdentifiers: mr('M2'), eventAt: at(6) }),
  orderEvent({
    orderNumber: 'ORD-2',
    visitNumber: 'V3',
    patientIdentifiers: mr('M2'),
    eventAt: at(30),
    controlId: 'O2',
  }),
];

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
  'any order and any repetition gives the same rows (seed %i)',
  async (seed) => {
    const expected = await after(...STORY);
    await forget(true);
    const random = seededRandom(seed);
    const order = raws(...STORY)
      .map((raw) => ({ raw, place: random() }))
      .sort((a, b) => a.place - b.place);
    for (const { raw } of order) {
      await world.receive('north', [raw]);
      if (random() < 0.5) await world.drain('north');
    }
    await world.drain('north');
    expect(await state()).toEqual(expected);
    await world.rows(`update raw_state set state = 'PENDING' where right(raw_id::text, 1) in ('1', '4', '7')`);
    await world.drain('north');
    expect(await state()).toEqual(expected);
  },
);
