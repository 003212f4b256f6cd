/** Coverages, referrals and consult notes on a real database: versions, deletions, order, duplicates, and what is taken back. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CanonicalRecord, ConsultNoteEvent, CoverageEvent, ReferralEvent } from '../../src/model/records.ts';
import { foldResource } from '../../src/normalize/ehr/fold-resource.ts';
import { type TestRaw, type World, normalizeWorld, numberedId, units } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_state, raw_receipt, record_error, message_edit, ehr_event, patient,
    patient_identifier, coverage, referral, consult_note, change`);
});

const at = (minute: number): string => new Date(Date.UTC(2026, 3, 1, 12, minute)).toISOString();
const patient = (id: string) => [{ authority: 'Patient', type: 'FHIR', value: id }];

const coverage = (more: Partial<CoverageEvent> = {}): CoverageEvent => ({
  type: 'coverage',
  action: 'STAND',
  eventAt: at(0),
  controlId: '1',
  trigger: 'Coverage',
  number: 'c1',
  patientIdentifiers: patient('p1'),
  kind: 'MCPOL',
  payerName: 'State Medicaid',
  bin: '610011',
  validFrom: '2026-01-01',
  validTo: null,
  ...more,
});
const referral = (more: Partial<ReferralEvent> = {}): ReferralEvent => ({
  type: 'referral',
  action: 'STAND',
  eventAt: at(1),
  controlId: '1',
  trigger: 'ServiceRequest',
  number: 'sr1',
  patientIdentifiers: patient('p1'),
  visitNumber: 'e1',
  service: 'Cardiology',
  orderedDate: '2026-04-01',
  requesterNpi: '1000000004',
  performerNpi: '1234567893',
  ...more,
});
const note = (more: Partial<ConsultNoteEvent> = {}): ConsultNoteEvent => ({
  type: 'consultNote',
  action: 'STAND',
  eventAt: at(2),
  controlId: '1',
  trigger: 'DocumentReference',
  number: 'dr1',
  patientIdentifiers: patient('p1'),
  referralNumber: 'sr1',
  authorNpi: '1234567893',
  writtenDate: '2026-04-08',
  ...more,
});

const raws = (...records: CanonicalRecord[]): TestRaw[] =>
  records.map((record, index) => ({ payload: units(record), rawId: numberedId(index + 1) }));

/** Everything kept, by natural keys. */
async function state(): Promise<unknown> {
  const of = (table: string): Promise<unknown[]> =>
    world.rows(
      `select t.source_system, t.number, p.key as patient, to_jsonb(t) - array['tenant_id', 'id', 'patient_id'] as row
       from ${table} t left join patient p on p.id = t.patient_id order by t.number`,
    );
  return { coverages: await of('coverage'), referrals: await of('referral'), notes: await of('consult_note') };
}

const STORY = raws(
  coverage(),
  coverage({ eventAt: at(5), controlId: '2', payerName: undefined, bin: null, validTo: '2026-06-30' }),
  coverage({ number: 'c2', action: 'STAND', eventAt: at(1) }),
  coverage({ number: 'c2', action: 'DELETE', eventAt: at(6), trigger: 'Coverage DELETE', patientIdentifiers: [] }),
  referral(),
  referral({ eventAt: at(7), controlId: '2', action: 'CANCEL', performerNpi: undefined }),
  referral({ number: 'sr2', patientIdentifiers: patient('p2') }),
  note(),
  note({ eventAt: at(8), controlId: '2', action: 'DELETE', patientIdentifiers: [] }),
  note({ number: 'dr2', referralNumber: 'sr2', action: 'WAIT', patientIdentifiers: patient('p2') }),
  note({ number: 'dr2', referralNumber: 'sr2', eventAt: at(9), controlId: '2', patientIdentifiers: patient('p2') }),
  // Says nothing new: only where it is said is another place.
  coverage({ eventAt: at(10), controlId: '3', payerName: undefined, bin: null, validTo: '2026-06-30' }),
);

test('versions add up: what the latest says, what it leaves open, and deletions as tombstones', async () => {
  await world.receive('north', STORY);
  await world.drain('north');
  expect(await state()).toMatchObject({
    coverages: [
      {
        number: 'c1',
        patient: 'Patient|FHIR|p1',
        row: {
          status: 'ACTIVE',
          payer_name: 'State Medicaid',
          bin: null,
          valid_to: '2026-06-30',
          raw_id: numberedId(12),
        },
      },
      { number: 'c2', row: { status: 'DELETED', payer_name: 'State Medicaid' } },
    ],
    referrals: [
      { number: 'sr1', row: { status: 'CANCELLED', performer_npi: '1234567893', ordered_date: '2026-04-01' } },
      { number: 'sr2', patient: 'Patient|FHIR|p2', row: { status: 'ACTIVE' } },
    ],
    notes: [
      { number: 'dr1', row: { status: 'DELETED', referral_number: 'sr1' } },
      { number: 'dr2', row: { status: 'ACTIVE', referral_number: 'sr2' } },
    ],
  });
});

test('the order in which statements are handed over does not matter, the time of what they tell does', () => {
  const events = [
    coverage({ eventAt: at(2), controlId: '2', payerName: 'Later' }),
    coverage({ eventAt: at(1), action: 'CANCEL' }),
    coverage({ eventAt: at(2), controlId: '1', payerName: 'Earlier', action: 'WAIT' }),
  ].map((event, index) => ({ event, zone: 'UTC', rawId: numberedId(index + 1), position: 'line 1' }));
  const folded = foldResource(events);
  expect(folded).toMatchObject({ status: 'ACTIVE', values: { payerName: 'Later' }, rawId: numberedId(1) });
  expect(foldResource(events.toReversed())).toEqual(folded);
  expect(foldResource([])).toBeUndefined();
});

test('each value names the payload and the element that said it', async () => {
  await world.receive('north', STORY);
  await world.drain('north');
  const [row] = await world.rows<{ sources: unknown }>(`select sources from coverage where number = 'c1'`);
  expect(row?.sources).toEqual([
    {
      rawId: numberedId(12),
      position: 'unit 1',
      trigger: 'Coverage',
      values:
        'kind Coverage.type, patient Coverage.beneficiary, status Coverage.status, validFrom Coverage.period.start, validTo Coverage.period.end',
    },
    { rawId: numberedId(1), position: 'unit 1', trigger: 'Coverage', values: 'payerName Coverage.payor' },
  ]);
});

test('any order of processing, one by one or together, twice, leaves the same rows', async () => {
  await world.receive('north', STORY);
  await world.drain('north');
  const expected = await state();
  let seed = 11;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 8; round += 1) {
    await world.rows(
      'truncate raw_message, raw_state, ehr_event, patient, patient_identifier, coverage, referral, consult_note',
    );
    const order = STORY.map((raw) => ({ raw, place: random() })).sort((a, b) => a.place - b.place);
    for (const [index, { raw }] of order.entries()) {
      await world.receive('north', [raw]);
      if (round % 2 === 0 || index % 3 === 0) await world.drain('north');
    }
    await world.drain('north');
    await world.rows(`update raw_state set state = 'PENDING' where raw_id = $1`, [numberedId(5)]);
    await world.drain('north');
    expect(await state()).toEqual(expected);
  }
});

test('whose referral or note it is or was is looked at again; an insurance decides nothing', async () => {
  const patients = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await world.rows<{ key: string; id: string }>('select key, id from patient')).map((row) => [row.key, row.id]),
    );
  const referrals = async (): Promise<string[]> =>
    (await world.changes('north')).filter((change) => change.startsWith('REFERRAL'));
  await world.receive('north', raws(coverage()));
  await world.drain('north');
  expect(await referrals()).toEqual([]);
  await world.receive('north', [{ payload: units(note()) }]);
  await world.drain('north');
  const { 'Patient|FHIR|p1': first } = await patients();
  expect(await referrals()).toEqual([`REFERRAL ${first}`]);
  // The same again, said by another payload: nothing holds that did not hold before.
  await world.receive('north', [{ payload: units(note({ eventAt: at(3), controlId: 'again' })) }]);
  await world.drain('north');
  expect(await referrals()).toEqual([]);
  await world.receive('north', [{ payload: units(note({ eventAt: at(4), patientIdentifiers: patient('p2') })) }]);
  await world.drain('north');
  const { 'Patient|FHIR|p2': second } = await patients();
  expect(await referrals()).toEqual([`REFERRAL ${first}`, `REFERRAL ${second}`].sort());
});

test('what a replaced payload said is taken back', async () => {
  await world.receive('north', raws(referral(), note()));
  await world.drain('north');
  await world.changes('north');
  await world.rows(
    `insert into message_edit (tenant_id, edited_id, original_id, at, editor, reason)
     values ($1, $2, $3, now(), 'test', 'test')`,
    [world.tenantId('north'), numberedId(99), numberedId(2)],
  );
  await world.rows(`update raw_state set state = 'PENDING' where raw_id = $1`, [numberedId(2)]);
  await world.drain('north');
  expect(await state()).toMatchObject({ referrals: [{ number: 'sr1' }], notes: [] });
  expect((await world.changes('north')).filter((change) => change.startsWith('REFERRAL'))).toHaveLength(1);
});
