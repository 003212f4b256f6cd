/** EHR payloads on a real database: order, duplicates, workers side by side, orders and visits that name each other. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  type TestRaw,
  type World,
  crosswalk,
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
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_state, raw_receipt, record_error, ehr_event, patient, patient_identifier, encounter,
    prescription, location_crosswalk, change, exception_cause, exception_work`);
});

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 15, minute)).toISOString();

const STORY: TestRaw[] = [
  units(patientEvent({ eventAt: at(0) }), visitEvent({ eventAt: at(0) })),
  units(orderEvent({ eventAt: at(5) })),
  units(
    visitEvent({ eventAt: at(10), action: 'UPDATE', trigger: 'A08', location: 'ANNEX', attendingNpi: '1234567893' }),
  ),
  units(patientEvent({ eventAt: at(11), familyName: 'Ono', postalCode: '60601' })),
  units(
    visitEvent({ eventAt: at(20), action: 'CANCEL', trigger: 'A11', patientClass: undefined, location: undefined }),
  ),
  units(visitEvent({ eventAt: at(1), visitNumber: 'V-2', patientClass: 'E', startedAt: at(-30) })),
  units(orderEvent({ eventAt: at(6), orderNumber: 'ORD-2', visitNumber: 'V-2', control: 'CA' })),
].map((payload, index) => ({ payload, rawId: numberedId(index + 1) }));

const kinds = (changes: string[]): string[] => changes.map((change) => change.split(' ')[0] ?? '');

/** Everything that the story leaves behind, by natural keys. */
async function state(): Promise<unknown> {
  const patients = await world.rows(
    `select key, family_name, given_name, family_compare, given_compare, birth_date, sex, postal_code, raw_id, position,
       (select json_agg(authority || type || value order by value) from patient_identifier i where i.patient_id = p.id) as ids
     from patient p order by key`,
  );
  const encounters = await world.rows(
    `select e.visit_number, p.key, e.class, e.status, e.started_at, e.start_date, e.started_at_text, e.ended_at, e.facility,
       e.location, e.site_id340b, e.attending_npi, e.raw_id, e.position
     from encounter e left join patient p on p.id = e.patient_id order by visit_number`,
  );
  const orders = await world.rows(
    `select o.order_number, o.status, p.key, o.visit_number, e.visit_number as encounter, o.rx_number, o.ndc11, o.quantity,
       o.raw_id, o.position
     from prescription o left join patient p on p.id = o.patient_id left join encounter e on e.id = o.encounter_id
     order by order_number`,
  );
  return { patients, encounters, orders };
}

test('the thread: patient, encounter with its site, prescription that names it', async () => {
  await world.receive('north', [{ payload: units(crosswalk()), feed: 'files' }, ...STORY]);
  expect(await world.drain('north')).toBe(STORY.length + 1);
  expect(await state()).toMatchObject({
    patients: [
      { key: 'LUNA|MR|M1', family_name: 'Ono', family_compare: 'ONO', postal_code: '60601', ids: ['LUNAMRM1'] },
    ],
    encounters: [
      { visit_number: 'V-1', status: 'CANCELLED', class: 'AMB', location: 'ANNEX', site_id340b: null },
      {
        visit_number: 'V-2',
        status: 'ACTIVE',
        class: 'EMER',
        location: 'CLINIC',
        site_id340b: 'DSH123456A',
        start_date: '2026-03-02',
      },
    ],
    orders: [
      { order_number: 'ORD-1', encounter: 'V-1', rx_number: '777', quantity: '30.000' },
      { order_number: 'ORD-2', status: 'CANCELLED', encounter: 'V-2' },
    ],
  });
});

test('any order of processing, one by one or together, with resends, leaves the same rows', async () => {
  await world.receive('north', STORY);
  await world.drain('north');
  const expected = await state();
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 12; round += 1) {
    await world.rows(
      'truncate raw_message, raw_state, ehr_event, patient, patient_identifier, encounter, prescription',
    );
    const order = STORY.map((raw) => ({ raw, place: random() })).sort((a, b) => a.place - b.place);
    for (const [index, { raw }] of order.entries()) {
      await world.receive('north', [raw]);
      if (round % 2 === 0 || index % 3 === 0) await world.drain('north');
    }
    await world.drain('north');
    // Processed a second time: every statement is there already.
    await world.rows(`update raw_state set state = 'PENDING' where raw_id = $1`, [numberedId(3)]);
    await world.drain('north');
    expect(await state()).toEqual(expected);
  }
});

test('a change for what is new or different, none for what was known', async () => {
  await world.receive(
    'north',
    [STORY[0], STORY[1]].filter((raw) => raw !== undefined),
  );
  await world.drain('north');
  expect(kinds(await world.changes('north'))).toEqual(['PATIENT', 'PRESCRIPTION', 'VISIT']);
  await world.receive('north', [{ payload: units(patientEvent({ eventAt: at(30), controlId: 'AGAIN' })) }]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual([]);
  await world.receive('north', [{ payload: units(patientEvent({ eventAt: at(31), sex: 'M' })) }]);
  await world.drain('north');
  expect(kinds(await world.changes('north'))).toEqual(['PATIENT']);
});

test('an order that comes before its visit makes none, and points at it when it comes', async () => {
  await world.receive('north', [{ payload: units(orderEvent()) }]);
  await world.drain('north');
  expect(await state()).toMatchObject({ encounters: [], orders: [{ encounter: null, key: 'LUNA|MR|M1' }] });
  await world.changes('north');
  await world.receive('north', [{ payload: units(visitEvent()) }]);
  await world.drain('north');
  expect(await state()).toMatchObject({ orders: [{ encounter: 'V-1' }] });
  expect(kinds(await world.changes('north'))).toEqual(['PRESCRIPTION', 'VISIT']);
});

test('a visit given to another patient marks both', async () => {
  await world.receive('north', [{ payload: units(visitEvent()) }]);
  await world.drain('north');
  await world.changes('north');
  const other = { authority: 'LUNA', type: 'MR', value: 'M2' };
  await world.receive('north', [{ payload: units(visitEvent({ eventAt: at(40), patientIdentifiers: [other] })) }]);
  await world.drain('north');
  const patients = await world.rows<{ id: string }>('select id from patient');
  const changes = await world.changes('north');
  for (const { id } of patients) expect(changes).toContain(`PATIENT ${id}`);
});

test('a crosswalk row that comes late gives its visits a site, by the date of the visit', async () => {
  await world.receive('north', [
    { payload: units(visitEvent(), visitEvent({ visitNumber: 'V-9', eventAt: '2026-02-01T15:00:00.000Z' })) },
    { payload: units(visitEvent({ visitNumber: 'V-8', facility: null })) },
  ]);
  await world.drain('north');
  await world.changes('north');
  await world.receive('north', [
    { payload: units(crosswalk({ from: '2026-03-01' }), crosswalk({ facility: '', site: 'B' })), feed: 'files' },
  ]);
  await world.drain('north');
  expect(await world.rows('select visit_number, site_id340b as site from encounter order by 1')).toEqual([
    { visit_number: 'V-1', site: 'DSH123456A' },
    { visit_number: 'V-8', site: 'B' },
    { visit_number: 'V-9', site: null },
  ]);
  expect(await world.changes('north')).toEqual(['CROSSWALK MAIN|CLINIC', 'CROSSWALK |CLINIC']);
});

test('the same visit number in two source systems is two visits, in two tenants two more', async () => {
  await world.receive('north', [{ payload: units(visitEvent()) }, { payload: units(visitEvent()), feed: 'files' }]);
  await world.receive('south', [{ payload: units(visitEvent()) }]);
  await world.drain('north');
  await world.drain('south');
  expect(await world.rows('select tenant_id from encounter')).toHaveLength(3);
});
