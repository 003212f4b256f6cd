/** A closed-loop referral affiliates a prescriber who is on no roster, from the note that comes back until it is gone again. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { verdicts } from '../../schema/verdicts.ts';
import { newId } from '../../src/db/ids.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { publicData } from './decide-public-data.ts';
import { insert, NPI, PHARMACY, World } from './decide-world.ts';

let database: TestDatabase;
let worlds = 0;
beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
});
afterAll(() => database.close());

/** A tenant whose prescriber is nobody's staff, with a patient, a visit and a claim. */
async function world(referralsAllowed: boolean): Promise<{ w: World; patient: string }> {
  const w = await new World(database.ingest, `r${(worlds += 1)}`).setUp({ referralsAllowed });
  await w.pharmacy(PHARMACY);
  await w.plan('610000', 'COMMERCIAL');
  const patient = await w.patient();
  await w.visit(patient, '2026-02-01');
  await w.claim();
  return { w, patient };
}

const row = (number: string, patient: string) => ({
  id: newId(),
  source_system: 'EHR',
  number,
  patient_id: patient,
  status: 'ACTIVE',
  sources: [],
  raw_id: newId(),
  position: 'line 1',
});

const refer = (w: World, patient: string, values: object = {}): Promise<void> =>
  w.fact([{ kind: 'REFERRAL', key: patient }], (tx, own) =>
    insert(tx, 'referral', [
      { ...own, ...row('sr1', patient), ordered_date: '2026-02-01', performer_npi: NPI, ...values },
    ]),
  );
const answer = (w: World, patient: string): Promise<void> =>
  w.fact([{ kind: 'REFERRAL', key: patient }], (tx, own) =>
    insert(tx, 'consult_note', [{ ...own, ...row('dr1', patient), referral_number: 'sr1' }]),
  );

const judged = async (w: World): Promise<unknown> => {
  await w.settle();
  return (await w.answers()).map(({ status, reason }) => ({ status, reason }));
};
const OFF_ROSTER = [{ status: 'INELIGIBLE', reason: 'PRESCRIBER_AFFILIATED' }];

test('order out, note back, note withdrawn: the answer follows', async () => {
  const { w, patient } = await world(true);
  expect(await judged(w)).toEqual(OFF_ROSTER);
  await refer(w, patient);
  expect(await judged(w)).toEqual(OFF_ROSTER);
  await answer(w, patient);
  expect(await judged(w)).toMatchObject([{ status: 'ELIGIBLE' }]);
  await w.fact([{ kind: 'REFERRAL', key: patient }], async (tx) => {
    await tx.query(`update consult_note set status = 'DELETED' where tenant_id = $1`, [w.tenant.id]);
  });
  expect(await judged(w)).toEqual(OFF_ROSTER);
});

test('the determination names both rows by their ids', async () => {
  const { w, patient } = await world(true);
  await answer(w, patient);
  await refer(w, patient);
  await w.settle();
  const [ids] = await w.query<{ referral: string; note: string }>(
    `select r.id as referral, n.id as note from referral r, consult_note n where r.tenant_id = $1 and n.tenant_id = $1`,
  );
  const inTenant = {
    now: () => '',
    row: 't',
    from: (table: PgTable, alias: string, where: string) =>
      `${getTableName(table)} ${alias} where ${alias}.tenant_id = $1 and ${where}`,
  };
  const [found] = await w.query<{ verdicts: { rule: string }[] }>(
    `select (${verdicts(inTenant)}) as verdicts from determination t where t.tenant_id = $1 and t.current`,
  );
  expect(found?.verdicts.find(({ rule }) => rule === 'PRESCRIBER_AFFILIATED')).toEqual({
    rule: 'PRESCRIBER_AFFILIATED',
    answer: 'PASS',
    reason: 'CLOSED_LOOP_REFERRAL',
    evidence: [
      { kind: 'referral', id: ids?.referral, note: 'ORDER_OUT' },
      { kind: 'consultNote', id: ids?.note, note: 'CONSULT_NOTE_BACK' },
    ],
  });
  // What the rule said is shared by all its determinations: a patient's own rows are no part of it.
  expect(
    await w.query(`select evidence from rule_result where tenant_id = $1 and reason = 'CLOSED_LOOP_REFERRAL'`),
  ).toEqual([
    {
      evidence: [
        { kind: 'referral', of: 'listed', note: 'ORDER_OUT' },
        { kind: 'consultNote', of: 'listed', note: 'CONSULT_NOTE_BACK' },
      ],
    },
  ]);
});

test.each<[string, boolean, object]>([
  ['the policy does not allow it', false, {}],
  ['it was ordered after the prescription was written', true, { ordered_date: '2026-03-03' }],
  ['it is older than the look-back', true, { ordered_date: '2025-02-28' }],
  ['it was cancelled', true, { status: 'CANCELLED' }],
  ['it is a draft', true, { status: 'PENDING' }],
  ['another EHR reports it, that serves nobody', true, { source_system: 'OTHER' }],
  ['it has no date', true, { ordered_date: null }],
])('a referral is none when %s', async (_name, allowed, values) => {
  const { w, patient } = await world(allowed);
  await refer(w, patient, values);
  await answer(w, patient);
  expect(await judged(w)).toEqual(OFF_ROSTER);
});

test('a note about somebody else closes nothing, one about another record of the same person does', async () => {
  const { w, patient } = await world(true);
  const other = await w.patient({ family: 'OTHER' });
  await refer(w, patient);
  await answer(w, other);
  expect(await judged(w)).toEqual(OFF_ROSTER);
  await w.merge(other, patient);
  expect(await judged(w)).toMatchObject([{ status: 'ELIGIBLE' }]);
});
