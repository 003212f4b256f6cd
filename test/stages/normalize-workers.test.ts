/**
 * Two workers side by side. The first is stopped when it has written everything but not committed; the second starts on
 * another payload and runs until it waits for the first or is done. Whatever it would miss then is missing in the end.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Database, Transaction, TransactionOptions } from '../../src/db/client.ts';
import { connect } from '../../src/db/client.ts';
import type { CanonicalRecord, ClaimResponseRecord } from '../../src/model/records.ts';
import { normalizeStage } from '../../src/normalize/normalize.ts';
import { waitFor } from '../support/database.ts';
import {
  type TestPayload,
  type World,
  claim,
  crosswalk,
  invoice,
  normalizeWorld,
  orderEvent,
  patientEvent,
  pharmacy,
  roster,
  units,
  visitEvent,
} from './normalize-world.ts';

let world: World;
let first: Database;
let second: Database;
beforeAll(async () => {
  world = await normalizeWorld();
  first = connect(world.database.ingestUrl, { role: 'ingest', max: 1, applicationName: 'first worker' });
  second = connect(world.database.ingestUrl, { role: 'ingest', max: 1, applicationName: 'second worker' });
});
afterAll(async () => {
  await Promise.all([first.end(), second.end()]);
  await world.close();
});
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_state, ehr_event, patient, patient_identifier, encounter, prescription, change,
    claim_transaction, claim_response, invoice_line, invoice, invoice_work, pharmacy, location_crosswalk, prescriber_affiliation, patient_link`);
});

/** The database of a worker that runs `pause` before a statement of this name, or before each commit. */
function pausing(db: Database, pause: () => Promise<void>, at = 'commit'): Database {
  const transaction = <T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> =>
    db.transaction(async (tx) => {
      const query = tx.query.bind(tx);
      tx.query = async (text, params, more) => {
        if (more?.name === at) await pause();
        return query(text, params, more);
      };
      const result = await work(tx);
      if (at === 'commit') await pause();
      return result;
    }, options);
  return new Proxy(db, { get: (target, name) => (name === 'transaction' ? transaction : Reflect.get(target, name)) });
}

/** Handles the two payloads at once, as described above; `at` is where the first worker stops. */
async function sideBySide(one: TestPayload, other: TestPayload, at?: string): Promise<void> {
  const arrival = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await world.receive('north', [{ payload: one }]);
  const stopped = pausing(
    first,
    () => {
      arrival.resolve();
      return gate.promise;
    },
    at,
  );
  const slow = normalizeStage.run(world.context('north', stopped));
  await Promise.race([arrival.promise, slow]);
  await world.receive('north', [{ payload: other }]);
  let over = false;
  const quick = normalizeStage.run(world.context('north', second)).finally(() => (over = true));
  await waitFor('the second worker waits or is done', async () => {
    const [waiting] = await world.rows(
      `select 1 from pg_stat_activity where application_name = 'second worker' and wait_event_type = 'Lock'`,
    );
    return over || waiting !== undefined;
  });
  gate.resolve();
  expect(await Promise.all([slow, quick])).toEqual([1, 1]);
  expect(await world.rows(`select distinct state from raw_state`)).toEqual([{ state: 'DONE' }]);
}

/** Both orders: either of the two may be the one that commits last. */
const bothWays = (
  name: string,
  [one, other]: [TestPayload, TestPayload],
  check: () => Promise<void>,
  { before, at }: { before?: TestPayload; at?: string } = {},
) =>
  describe(name, () => {
    test.each([
      ['first', one, other],
      ['last', other, one],
    ] as const)('%s', async (_place, left, right) => {
      if (before) {
        await world.receive('north', [{ payload: before }]);
        await world.drain('north');
        await world.changes('north');
      }
      await sideBySide(left, right, at);
      await check();
    });
  });

// Different patients: else the lock on the patient would already keep the workers of a visit or an order apart.
const patientIdentifiers = [{ authority: 'LUNA', type: 'MR', value: 'M2' }];
const visits: [TestPayload, TestPayload] = [
  units(visitEvent({ eventAt: '2026-03-02T10:00:00.000Z', controlId: '1', location: 'EARLY', patientIdentifiers })),
  units(visitEvent({ eventAt: '2026-03-02T11:00:00.000Z', controlId: '2', location: 'LATE' })),
];
const located = async (): Promise<void> => {
  expect(await world.rows('select location, started_at from encounter')).toEqual([
    { location: 'LATE', started_at: '2026-03-02T10:00:00.000Z' },
  ]);
};
const before = units(visitEvent({ eventAt: '2026-03-02T10:30:00.000Z', controlId: '0' }));
bothWays('two statements about a new visit', visits, located);
bothWays('two statements about a known visit', visits, located, { before });
bothWays('two statements about a visit that is not yet written', visits, located, {
  before,
  at: 'ehr/update-encounters',
});

bothWays(
  'two statements about a patient',
  [
    units(patientEvent({ eventAt: '2026-03-02T10:00:00.000Z', familyName: 'Early', postalCode: '60601' })),
    units(patientEvent({ eventAt: '2026-03-02T11:00:00.000Z', familyName: 'Late' })),
  ],
  async () => {
    expect(await world.rows('select family_name, postal_code from patient')).toEqual([
      { family_name: 'Late', postal_code: '60601' },
    ]);
  },
  { before: units(patientEvent({ eventAt: '2026-03-01T00:00:00.000Z' })), at: 'ehr/update-patients' },
);

bothWays(
  'two statements about an order',
  [
    units(
      orderEvent({
        eventAt: '2026-03-02T10:00:00.000Z',
        drugName: 'Early',
        refills: '3',
        visitNumber: 'V-2',
        patientIdentifiers,
      }),
    ),
    units(orderEvent({ eventAt: '2026-03-02T11:00:00.000Z', drugName: 'Late' })),
  ],
  async () => {
    expect(await world.rows('select drug_name, refills from prescription')).toEqual([
      { drug_name: 'Late', refills: '3' },
    ]);
  },
  { before: units(orderEvent({ eventAt: '2026-03-01T00:00:00.000Z' })), at: 'ehr/update-prescriptions' },
);

bothWays(
  'an order and the visit that it names',
  [units(orderEvent()), units(visitEvent({ patientIdentifiers }))],
  async () => {
    expect(
      await world.rows('select p.encounter_id = e.id as named from prescription p cross join encounter e'),
    ).toEqual([{ named: true }]);
  },
);

bothWays('a visit and its crosswalk row', [units(visitEvent()), units(crosswalk())], async () => {
  expect(await world.rows('select site_id340b from encounter')).toEqual([{ site_id340b: 'DSH123456A' }]);
});

bothWays(
  'a claim by NPI and its pharmacy',
  [units(claim({ providerQualifier: '01', providerId: '1111111112' })), units(pharmacy())],
  async () => {
    expect(await world.rows('select ncpdp from claim_transaction')).toEqual([{ ncpdp: '1234567' }]);
  },
);

bothWays('a claim twice', [units(claim()), units(claim({ ordinal: 2 }))], async () => {
  const rows = await world.rows<{ sum: number }>('select sum(duplicate)::int as sum from raw_state');
  expect(rows).toEqual([{ sum: 1 }]);
  expect(await world.rows('select raw_id from claim_transaction')).toEqual(
    await world.rows('select min(raw_id::text)::uuid as raw_id from raw_state'),
  );
});

const batch = { batchId: 'B1', batchReference: 'R1', transactionIndex: 1 };
const response: ClaimResponseRecord = {
  type: 'claimResponse',
  code: 'B1',
  ...batch,
  responseStatus: 'P',
  rxNumber: '',
  amounts: { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: null },
  ordinal: 1,
};
bothWays(
  'a request and its response: whoever commits last marks the prescription',
  [units(claim({ ...batch, responseStatus: '', adjudicatedAt: null })), units(response)],
  async () => {
    const [newest] = await world.rows('select kind, keys from change order by id desc limit 1');
    expect(newest).toEqual({ kind: 'CLAIM', keys: ['1234567|777'] });
    const [requests] = await world.rows<{ first: boolean }>(
      'select c.raw_id < r.raw_id as first from claim_transaction c cross join claim_response r',
    );
    expect(await world.changes('north')).toHaveLength(requests?.first === true ? 2 : 1);
  },
);

bothWays(
  'two versions of an invoice',
  [units(invoice()), units(invoice({ total: '21.00', createdAt: '2026-03-08T00:00:00.000Z' }))],
  async () => {
    expect(await world.rows('select total, current from invoice order by total')).toEqual([
      { total: '20.00', current: false },
      { total: '21.00', current: true },
    ]);
  },
);

bothWays('two rows of one roster key', [units(roster()), units(roster({ affiliation: 'LOCUM' }))], async () => {
  expect(await world.rows('select count(*) from prescriber_affiliation where known_to is null')).toEqual([
    { count: 1 },
  ]);
});

test('a payload that does not fit into the batch is left to other workers', async () => {
  await world.receive('north', [{ payload: units(claim()) }, { payload: units(claim({ rxNumber: '2' })) }]);
  await world.rows('update raw_state set attempts = 1');
  const arrival = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let commits = 0;
  // The first commit lets go of what does not fit, the second is that of the batch.
  const stopped = pausing(first, () => {
    commits += 1;
    if (commits === 1) return Promise.resolve();
    arrival.resolve();
    return gate.promise;
  });
  const slow = normalizeStage.run(world.context('north', stopped));
  await arrival.promise;
  expect(await normalizeStage.run(world.context('north', second))).toBe(1);
  gate.resolve();
  expect(await slow).toBe(1);
  expect(await world.rows('select 1 from claim_transaction')).toHaveLength(2);
});

const renumbered = (otherVisitNumber: string, visitNumber: string, minute: number): CanonicalRecord => ({
  type: 'visitLink',
  action: 'RENUMBER',
  visitNumber,
  otherVisitNumber,
  patientIdentifiers: [{ authority: 'LUNA', type: 'MR', value: 'M3' }],
  eventAt: `2026-03-02T16:${minute}:00.000Z`,
  controlId: `L${minute}`,
  trigger: 'A50',
});

for (const at of ['commit', 'ehr/update-encounters'])
  bothWays(
    `a visit and its new number, stopped at ${at}`,
    [
      units(visitEvent({ visitNumber: 'V-1', location: 'MOVED', eventAt: '2026-03-02T16:00:00.000Z', controlId: '9' })),
      units(renumbered('V-1', 'V-2', 30)),
    ],
    async () => {
      expect(await world.rows('select visit_number, status, location from encounter order by 1')).toEqual([
        { visit_number: 'V-1', status: 'MERGED', location: 'MOVED' },
        { visit_number: 'V-2', status: 'ACTIVE', location: 'MOVED' },
      ]);
    },
    { before: units(visitEvent()), at },
  );

bothWays(
  'a number that is taken back, and a visit that has it after all',
  [
    units(renumbered('V-2', 'V-1', 40)),
    units(visitEvent({ visitNumber: 'V-2', location: 'OWN', eventAt: '2026-03-02T16:50:00.000Z' })),
  ],
  async () => {
    // V-1 is V-2 again: the reversed link makes V-2 part of V-1.
    expect(await world.rows('select visit_number, status, location from encounter order by 1')).toEqual([
      { visit_number: 'V-1', status: 'ACTIVE', location: 'OWN' },
      { visit_number: 'V-2', status: 'MERGED', location: 'OWN' },
    ]);
  },
  // Where the first worker is about to take the row away for which the second waits.
  { before: units(visitEvent(), renumbered('V-1', 'V-2', 30)), at: 'ehr/delete-encounters' },
);

bothWays(
  'an account that moves and a visit billed to it',
  [
    units(visitEvent({ account: 'A-1', patientIdentifiers })),
    units({
      type: 'visitLink',
      action: 'MOVE',
      account: 'A-1',
      patientIdentifiers: [{ authority: 'LUNA', type: 'MR', value: 'M3' }],
      eventAt: '2026-03-02T16:00:00.000Z',
      controlId: 'M',
      trigger: 'A44',
    }),
  ],
  async () => {
    expect(await world.rows('select p.key from encounter e join patient p on p.id = e.patient_id')).toEqual([
      { key: 'LUNA|MR|M3' },
    ]);
  },
);

bothWays(
  'a merge and the record made anew',
  [
    units({
      type: 'patientLink',
      action: 'MERGE',
      patientIdentifiers: [{ authority: 'LUNA', type: 'MR', value: 'M3' }],
      otherIdentifiers: patientIdentifiers,
      eventAt: '2026-03-02T16:00:00.000Z',
      controlId: 'M',
      trigger: 'A40',
    }),
    units(patientEvent({ identifiers: patientIdentifiers, action: 'ADD', eventAt: '2026-03-02T17:00:00.000Z' })),
  ],
  async () => {
    expect(await world.rows('select 1 from patient_link')).toEqual([]);
  },
);
