/** Marking and deciding on real PostgreSQL: late facts change exactly what they should, and the order of processing changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decideStage } from '../../src/decide/decide.ts';
import { markStage } from '../../src/decide/mark.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { publicData } from './decide-public-data.ts';
import { IN_HOUSE, NDC, NPI, PHARMACY, World } from './decide-world.ts';
import { verdictRows } from '../support/verdicts.ts';

let database: TestDatabase;
let worlds = 0;

beforeAll(async () => {
  database = await testDatabase();
  await publicData(database.ingest);
});
afterAll(() => database.close());

const world = (...setting: Parameters<World['setUp']>): Promise<World> =>
  new World(database.ingest, `d${(worlds += 1)}`).setUp(...setting);

/** Everything that makes the standard claim eligible but the EHR side. */
async function masterData(of: World): Promise<void> {
  await of.pharmacy(PHARMACY);
  await of.roster(NPI, '2020-01-01', null);
  await of.plan('610000', 'COMMERCIAL');
}

describe('one claim', () => {
  test('becomes ELIGIBLE with eleven verdicts, and marks the ledger key', async () => {
    const w = await world();
    await masterData(w);
    const patient = await w.patient();
    const visit = await w.visit(patient, '2026-03-01');
    await w.claim();
    await w.settle();
    const [row, ...others] = await w.answers();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      state: 'OPEN',
      ndc11: NDC,
      entity: 'DSH1',
      status: 'ELIGIBLE',
      bucket: '340B',
      orderable: true,
      reason: null,
    });
    expect(
      await w
        .query(`select v.rule, v.answer from determination t, ${verdictRows('t')} where t.tenant_id = $1`)
        .then((rows) => rows.map(({ rule, answer }) => [rule, answer].join(' '))),
    ).toEqual([
      'ENTITY_PARTICIPATING PASS',
      'PHARMACY_REGISTERED PASS',
      'PATIENT_MATCHED PASS',
      'ENCOUNTER_QUALIFYING PASS',
      'PRESCRIBER_AFFILIATED PASS',
      'PRESCRIPTION_ORIGIN NOT_APPLICABLE',
      'DRUG_COVERED PASS',
      'MEDICAID_CARVE NOT_APPLICABLE',
      'MANUFACTURER_POLICY PASS',
      'CLAIM_TIMELY PASS',
      'NOT_DUPLICATE PASS',
    ]);
    expect(await w.query('select patient_id, encounter_id from dispense where tenant_id = $1')).toEqual([
      { patient_id: patient, encounter_id: visit },
    ]);
    expect(await w.query('select entity, ncpdp, ndc11, bucket from accumulator_work where tenant_id = $1')).toEqual([
      { entity: 'DSH1', ncpdp: PHARMACY, ndc11: NDC, bucket: '340B' },
    ]);
  });

  test('waits while its EHR may still deliver, then is INELIGIBLE as the clock moves', async () => {
    const w = await world();
    await masterData(w);
    await w.claim();
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'PENDING', reason: 'PATIENT_MATCHED', bucket: null }]);
    w.now = '2026-03-24T23:00:00.000Z';
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'PENDING' }]);
    w.now = '2026-03-25T12:00:00.000Z';
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'PATIENT_MATCHED', bucket: null }]);
  });

  test('marking by the clock comes to an end: what is on the queue already is no new work', async () => {
    const w = await world();
    await masterData(w);
    await w.claim();
    await w.settle();
    w.now = '2026-03-25T12:00:00.000Z';
    expect(await markStage.run(w.context)).toBe(1);
    expect(await markStage.run(w.context)).toBe(0);
  });

  test('is not forgotten when a slower hub decides it after this one has looked at the clock', async () => {
    const w = await world();
    await masterData(w);
    w.now = '2026-03-26T12:00:00.000Z';
    await w.settle();
    await w.claim();
    await markStage.run(w.context);
    await decideStage.run({ ...w.context, clock: () => new Date('2026-03-24T12:00:00.000Z') });
    expect(await w.answers()).toMatchObject([{ status: 'PENDING' }]);
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE' }]);
  });

  test('is decided again when the patient and then the visit arrive late', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await masterData(w);
    await w.claim();
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'PATIENT_MATCHED' }]);
    const patient = await w.patient();
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'ENCOUNTER_QUALIFYING' }]);
    await w.visit(patient, '2026-02-20');
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
    const history = await w.query(
      'select sequence, status, current from determination where tenant_id = $1 order by sequence',
    );
    expect(history).toEqual([
      { sequence: 1, status: 'INELIGIBLE', current: false },
      { sequence: 2, status: 'INELIGIBLE', current: false },
      { sequence: 3, status: 'ELIGIBLE', current: true },
    ]);
  });

  test('loses its bucket when the roster row is ended, and marks the old ledger key', async () => {
    const w = await world();
    await masterData(w);
    await w.visit(await w.patient(), '2026-03-01');
    await w.claim();
    await w.settle();
    await w.query('delete from accumulator_work where tenant_id = $1');
    await w.roster(NPI, '2020-01-01', '2026-02-28');
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'PRESCRIBER_AFFILIATED', bucket: null }]);
    expect(await w.query('select bucket from accumulator_work where tenant_id = $1')).toEqual([{ bucket: '340B' }]);
  });

  test('decided twice writes nothing twice', async () => {
    const w = await world();
    await masterData(w);
    await w.visit(await w.patient(), '2026-03-01');
    await w.claim();
    await w.settle();
    const before = await w.query(
      'select id, xmin::text from determination where tenant_id = $1 union all select id, xmin::text from dispense where tenant_id = $1',
    );
    await w.fact([{ kind: 'ALL', key: '' }], async () => {});
    await w.settle();
    expect(
      await w.query(
        'select id, xmin::text from determination where tenant_id = $1 union all select id, xmin::text from dispense where tenant_id = $1',
      ),
    ).toEqual(before);
  });

  test('reversed has no current determination and accrues nowhere', async () => {
    const w = await world();
    await masterData(w);
    await w.visit(await w.patient(), '2026-03-01');
    await w.claim();
    await w.settle();
    await w.claim({
      code: 'B2',
      response_status: 'A',
      adjudicated_at: '2026-03-11T15:00:00Z',
      ndc_text: null,
      quantity: null,
    });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ state: 'REVERSED', status: null, bucket: null, determinations: null }]);
  });

  test('of an in-house pharmacy accrues to WAC when it is not eligible at a DSH', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await masterData(w);
    await w.pharmacy(IN_HOUSE);
    await w.claim({ ncpdp: IN_HOUSE });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ ncpdp: IN_HOUSE, status: 'INELIGIBLE', bucket: 'WAC' }]);
  });

  test('of two entities is won by the eligible one; the other is kept', async () => {
    const w = await world({ asOf: '2026-06-01' }, ['DSH1', 'RRC2']);
    await masterData(w);
    await w.pharmacy('1111111');
    await w.visit(await w.patient(), '2026-03-01');
    await w.claim({ ncpdp: '1111111' });
    await w.settle();
    const [row] = await w.answers();
    expect(row).toMatchObject({ status: 'INELIGIBLE', reason: 'PHARMACY_REGISTERED' });
    expect(await w.query('select entity, winning from determination where tenant_id = $1 order by entity')).toEqual([
      { entity: 'DSH1', winning: true },
      { entity: 'RRC2', winning: false },
    ]);
  });
});

describe('a late or changed fact reaches what hangs on it', () => {
  test('a patient who takes another name makes the other one unique', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await masterData(w);
    const one = await w.patient();
    const two = await w.patient();
    await w.visit(one, '2026-03-01');
    await w.claim();
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'HELD', reason: 'PATIENT_MATCHED' }]);
    expect(await w.cases()).toEqual([
      `DETERMINATION_HELD ${PHARMACY}|77|0|2026-03-10`,
      `PATIENT_AMBIGUOUS ${PHARMACY}|77|0|2026-03-10`,
    ]);
    await w.fact([{ kind: 'PATIENT', key: two }], async (tx) => {
      await tx.query(
        `update patient set given_name = 'JOAN', given_compare = 'JOAN' where tenant_id = $1 and id = $2`,
        [w.tenant.id, two],
      );
    });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
    expect(await w.cases()).toEqual([]);
  });

  test('an order identifies the patient of a claim that says nothing about the patient', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await masterData(w);
    const patient = await w.patient();
    await w.visit(patient, '2026-03-01');
    await w.claim({ family_compare: null, given_compare: null, patient_birth_date: null, patient_sex: null });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'HELD', reason: 'PATIENT_MATCHED' }]);
    const order = await w.order(patient, { rx_number: null });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
    await w.fact([{ kind: 'PRESCRIPTION', key: order }], async (tx) => {
      await tx.query(`update prescription set status = 'CANCELLED' where tenant_id = $1 and id = $2`, [
        w.tenant.id,
        order,
      ]);
    });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'HELD' }]);
  });

  test('a plan, a crosswalked visit and a pharmacy open and close their cases', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await w.roster(NPI, '2020-01-01', null);
    const patient = await w.patient();
    const visit = await w.visit(patient, '2026-03-01', { site_id340b: null });
    await w.claim();
    await w.settle();
    expect(await w.cases()).toEqual(['PHARMACY_UNMAPPED DSH1|P1', 'PLAN_UNKNOWN 610000|A|G', 'SITE_UNMAPPED H|CLINIC']);
    await masterData(w);
    await w.fact([{ kind: 'CROSSWALK', key: 'H|CLINIC' }], async (tx) => {
      await tx.query(`update encounter set site_id340b = 'DSH1A' where tenant_id = $1 and id = $2`, [
        w.tenant.id,
        visit,
      ]);
    });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'ELIGIBLE' }]);
    // The roster row came twice with one start: the later version replaced it, so nothing overlaps.
    expect(await w.cases()).toEqual([]);
  });

  test('a feed that falls silent makes absence unknown, and one that recovers makes it count', async () => {
    const w = await world();
    await masterData(w);
    await w.claim({ date_of_service: '2026-01-10', written_date: '2026-01-09' });
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'PATIENT_MATCHED' }]);
    await w.query('update feed set error_after_seconds = 3600 where tenant_id = $1');
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'HELD', reason: 'PATIENT_MATCHED' }]);
    await w.query(
      `insert into raw_state (tenant_id, raw_id, month, feed, received_at, state) values ($1, gen_random_uuid(), '2026-03-01', 'adt', $2, 'DONE')`,
      ['2026-03-12T11:30:00Z'],
    );
    await w.settle();
    expect(await w.answers()).toMatchObject([{ status: 'INELIGIBLE', reason: 'PATIENT_MATCHED' }]);
    expect(await w.cases()).toEqual([]);
  });

  test('a reversal that waits is a case, also without its fill number', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await w.claim({ code: 'B2', response_status: 'A', fill_number: null, adjudicated_at: null });
    await w.settle();
    expect(await w.cases()).toContain(`REVERSAL_ORPHAN ${PHARMACY}|77||2026-03-10`);
    await w.claim();
    await w.settle();
    expect(await w.answers()).toMatchObject([{ state: 'REVERSED' }]);
    expect(await w.cases()).not.toContain(`REVERSAL_ORPHAN ${PHARMACY}|77||2026-03-10`);
  });

  test('a claim that moves to another pharmacy leaves nothing behind', async () => {
    const w = await world({ asOf: '2026-06-01' });
    await masterData(w);
    await w.visit(await w.patient(), '2026-03-01');
    await w.claim({ ncpdp: 'NPI:1' });
    await w.settle();
    await w.fact(
      [
        { kind: 'CLAIM', key: 'NPI:1|77' },
        { kind: 'CLAIM', key: `${PHARMACY}|77` },
      ],
      async (tx) => {
        await tx.query('update claim_transaction set ncpdp = $2 where tenant_id = $1', [w.tenant.id, PHARMACY]);
      },
    );
    await w.settle();
    expect(await w.answers()).toMatchObject([
      { ncpdp: PHARMACY, state: 'OPEN', status: 'ELIGIBLE' },
      { ncpdp: 'NPI:1', state: 'NEVER_PAID', status: null, bucket: null, determinations: null },
    ]);
  });
});

test('facts in any order, decided after each or all at once, give the same answers and cases', async () => {
  const facts: ((w: World, people: Map<string, string>) => Promise<void>)[] = [
    (w) => w.pharmacy(PHARMACY),
    (w) => w.pharmacy(IN_HOUSE),
    (w) => w.roster(NPI, '2020-01-01', null),
    (w) => w.plan('610000', 'COMMERCIAL'),
    (w) => w.claim(),
    (w) =>
      w.claim({
        fill_number: 1,
        date_of_service: '2026-04-10',
        adjudicated_at: '2026-04-10T15:00:00Z',
        written_date: null,
      }),
    (w) =>
      w.claim({
        code: 'B2',
        response_status: 'A',
        adjudicated_at: '2026-04-11T15:00:00Z',
        fill_number: 1,
        date_of_service: '2026-04-10',
      }),
    (w) => w.claim({ ncpdp: IN_HOUSE, rx_number: '78', bin: '999999' }),
    (w) => w.claim({ rx_number: '79', ndc_text: '12345' }),
    async (w, people) => {
      people.set('jane', await w.patient({ value: 'M1' }));
      await w.visit(people.get('jane') ?? '', '2026-02-28', { visit_number: 'V1' });
    },
    async (w) => {
      await w.visit(await w.patient({ given: 'JOHN', value: 'M2' }), '2026-02-27', {
        visit_number: 'V2',
        site_id340b: null,
      });
    },
  ];
  const play = async (order: number[], stepwise: boolean): Promise<string> => {
    const w = await world({ asOf: '2026-06-01' });
    const people = new Map<string, string>();
    for (const index of order) {
      await facts[index]?.(w, people);
      if (stepwise) await w.settle();
    }
    await w.settle();
    return JSON.stringify({ answers: await w.answers(), cases: await w.cases() });
  };
  const forward = facts.map((_, index) => index);
  const expected = await play(forward, false);
  expect(expected).toContain('ELIGIBLE');
  expect(expected).toContain('REVERSED');
  expect(expected).toContain('NDC_UNKNOWN 12345');
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  for (let round = 0; round < 12; round += 1) {
    const order = forward
      .map((index) => ({ index, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ index }) => index);
    expect(await play(round === 0 ? forward.toReversed() : order, round % 2 === 0)).toBe(expected);
  }
});

test('two workers share the keys out and neither loses one', async () => {
  const w = await world({ asOf: '2026-06-01' });
  await masterData(w);
  await w.visit(await w.patient(), '2026-03-01');
  for (let rx = 100; rx < 160; rx += 1) await w.claim({ rx_number: String(rx) });
  await Promise.all([w.settle(), w.settle()]);
  await w.settle();
  expect(
    await w.query(`select count(*) as "eligible" from dispense where tenant_id = $1 and status = 'ELIGIBLE'`),
  ).toEqual([{ eligible: 60 }]);
});
