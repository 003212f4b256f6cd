/** Records of one person in matching and marking: a merge answers, an undone merge takes the answer back, nothing else moves. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { publicData } from './decide-public-data.ts';
import { NPI, PHARMACY, World } from './decide-world.ts';

let database: TestDatabase;
let worlds = 0;
beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
});
afterAll(() => database.close());

async function world(): Promise<World> {
  const w = await new World(database.ingest, `m${(worlds += 1)}`).setUp();
  await w.pharmacy(PHARMACY);
  await w.roster(NPI, '2020-01-01', null);
  await w.plan('610000', 'COMMERCIAL');
  return w;
}

test('two records of that name are ambiguous until they are merged, and again when the merge is undone', async () => {
  const w = await world();
  const first = await w.patient();
  const second = await w.patient();
  const visit = await w.visit(second, '2026-03-01');
  await w.claim();
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'PATIENT_MATCHED' }]);
  await w.merge(second, first);
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
  // The survivor is the patient; the visit stays the visit of the record that had it.
  expect(await w.query('select patient_id, encounter_id from dispense where tenant_id = $1')).toEqual([
    { patient_id: first, encounter_id: visit },
  ]);
  await w.merge(second, first, 'undone');
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'PATIENT_MATCHED' }]);
});

test('the name of any record finds the person, over a chain, and a late visit of any record is found', async () => {
  const w = await world();
  const survivor = await w.patient({ family: 'MARRIED' });
  const middle = await w.patient({ family: 'OTHER' });
  const maiden = await w.patient();
  await w.merge(middle, survivor);
  await w.merge(maiden, middle);
  await w.claim();
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'ENCOUNTER_QUALIFYING' }]);
  await w.visit(middle, '2026-03-01');
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
});

test('a link of people born on different days joins nothing', async () => {
  const w = await world();
  const mother = await w.patient();
  const child = await w.patient({ birthDate: '2010-02-03', given: 'JO' });
  await w.visit(child, '2026-03-01');
  await w.merge(child, mother, 'LINK');
  await w.claim();
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'ENCOUNTER_QUALIFYING' }]);
});

test('a deleted record is nobody', async () => {
  const w = await world();
  const patient = await w.patient();
  await w.visit(patient, '2026-03-01');
  await w.claim();
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
  await w.fact([{ kind: 'PATIENT', key: patient }], async (tx) => {
    await tx.query(`update patient set status = 'DELETED' where tenant_id = $1 and id = $2`, [w.tenant.id, patient]);
  });
  await w.settle();
  expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'PATIENT_MATCHED' }]);
});
