/** Claims, responses and invoices on a real database: each once, under the pharmacy they name, whatever comes first. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimRecord, ClaimResponseRecord } from '../../src/model/records.ts';
import { CopyBinary } from '../../src/db/copy-binary.ts';
import { type FeedSettings, type Item, type RawPayload, unitOf } from '../../src/normalize/batch.ts';
import { packClaims } from '../../src/normalize/claims/packed-claims.ts';
import { npiOf, transactionKey, writeContent } from '../../src/normalize/claims/transaction-key.ts';
import { comparableRxNumber } from '../../src/normalize/rx-number.ts';
import {
  type TestRaw,
  type World,
  claim,
  invoice,
  normalizeWorld,
  numberedId,
  pharmacy,
  units,
} from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.rows(`truncate raw_message, raw_state, record_error, claim_transaction, claim_response, invoice_line, invoice,
    invoice_work, pharmacy, change, exception_cause, exception_work`);
});

const NPI = '1111111112';
const files = (more: Omit<TestRaw, 'feed'>): TestRaw => ({ feed: 'files', ...more });
const claims = () =>
  world.rows(
    `select ncpdp, rx_number, code, provider_id, received_at, raw_id, position, transaction_key from claim_transaction
     order by transaction_key`,
  );
const counters = (rawId: string | undefined) =>
  world.rows('select state, records, accepted, rejected, duplicate, ignored from raw_state where raw_id = $1', [rawId]);

/** The key as staging makes it, behind other columns of the line. */
const keyOf = (record: ReturnType<typeof claim>, file = 'f1'): string => {
  const copy = new CopyBinary(1);
  copy.text('before');
  const from = copy.place;
  writeContent(copy, record, comparableRxNumber(record.rxNumber) ?? '');
  return transactionKey(copy, from, record, file);
};
const key = (more: Parameters<typeof claim>[0] = {}, file = 'f1'): string => keyOf(claim(more), file);

describe('transaction key', () => {
  test('when it was adjudicated, not where it stood, tells claims apart', () => {
    expect(key({ ordinal: 9, batchId: 'B2', batchReference: 'R' }, 'f2')).toBe(key());
    expect(key({ rxNumber: '0777' })).toBe(key());
    expect(key({ quantity: '30', adjudicatedAt: '2026-03-05T17:00:00Z' })).toBe(key());
    expect(key({ providerQualifier: '01', providerId: NPI })).toBe(key());
    for (const other of [
      { adjudicatedAt: '2026-03-05T17:00:01.000Z' },
      { pcn: 'X' },
      { quantity: '31.000' },
      { code: 'B3' as const },
    ])
      expect(key(other)).not.toBe(key());
  });

  test('is the same exactly when all that it covers is', () => {
    const sign = fc.string({ unit: fc.constantFrom('A', '"', '\\', '\n', '\t', 'N', ','), maxLength: 2 });
    const maybe = fc.option(sign);
    // As readers make them: objects without a prototype would count as others.
    const record = <T>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
      fc.record<T>(members, { noNullPrototype: true });
    const drawn = record({
      dispensingStatus: sign,
      bin: sign,
      group: sign,
      pcn: sign,
      cardholder: sign,
      unit: sign,
      basisOfCost: sign,
      ndcText: maybe,
      quantity: maybe,
      prescriberId: maybe,
      fillNumber: fc.option(fc.nat(1)),
      compound: fc.boolean(),
      submissionClarification: fc.array(sign, { maxLength: 2 }),
      otherPayers: fc.array(record({ bin: sign, pcn: sign, group: sign }), { maxLength: 1 }),
      patient: record({
        familyName: maybe,
        givenName: maybe,
        birthDate: maybe,
        sex: maybe,
        identifier: fc.option(record({ authority: sign, type: sign, value: sign })),
      }),
    });
    const part = { productQualifier: '03', ndcText: null, quantity: '1.000', cost: null, basisOfCost: '' };
    const whole = (more: Parameters<typeof claim>[0], parts: boolean) =>
      claim({ ...more, ...(parts ? { ingredients: [part] } : {}) });
    // Two claims that differ in one member at most: in others they would never be equal.
    const pair = fc.tuple(drawn, drawn, fc.nat(15), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(pair, ([one, other, at, parts, otherParts]) => {
        const member = Object.keys(other)[at];
        const second = { ...one, ...Object.fromEntries(Object.entries(other).filter(([name]) => name === member)) };
        const [left, right] = [whole(one, parts), whole(second, otherParts)];
        expect(keyOf(left) === keyOf(right)).toBe(isDeepStrictEqual(left, right));
      }),
      { numRuns: 2_000 },
    );
  });

  test('without that, batch and reference do, else the file', () => {
    const untimed = { adjudicatedAt: null };
    const batched = { ...untimed, batchId: 'B1', batchReference: 'R1', batchCreatedAt: '2026-03-05T00:00:00.000Z' };
    expect(key(untimed, 'f2')).not.toBe(key(untimed, 'f1'));
    expect(key({ ...untimed, ordinal: 2 })).toBe(key(untimed));
    expect(key(batched, 'f2')).toBe(key(batched, 'f1'));
    expect(key({ ...batched, batchReference: 'R2' })).not.toBe(key(batched));
  });

  test('the qualifier, else the length, says what the provider id is', () => {
    expect(npiOf({ providerQualifier: '01', providerId: NPI })).toBe(NPI);
    expect(npiOf({ providerQualifier: '', providerId: NPI })).toBe(NPI);
    expect(npiOf({ providerQualifier: '', providerId: '1234567' })).toBeNull();
    expect(npiOf({ providerQualifier: '07', providerId: '1234567' })).toBeNull();
  });
});

test('a claim received again is one row with the earliest receipt, in either order of processing', async () => {
  const early = files({ payload: units(claim()), receivedAt: '2026-03-06T00:00:00.000Z', rawId: numberedId(5) });
  const late = files({
    payload: units(claim({ rxNumber: '1', ordinal: 1 }), claim({ ordinal: 2 }), claim({ ordinal: 3 })),
    receivedAt: '2026-03-09T00:00:00.000Z',
    rawId: numberedId(6),
  });
  await world.receive('north', [early]);
  await world.drain('north');
  await world.receive('north', [late]);
  await world.drain('north');
  const expected = await claims();
  expect(expected).toHaveLength(2);
  expect(expected).toContainEqual(expect.objectContaining({ rx_number: '777', raw_id: numberedId(5) }));
  expect(await counters(numberedId(6))).toMatchObject([{ state: 'DONE', records: 3, accepted: 1, duplicate: 2 }]);
  expect(await world.changes('north')).toEqual(['CLAIM 1234567|1', 'CLAIM 1234567|777']);

  await world.rows('truncate raw_message, raw_state, claim_transaction');
  await world.receive('north', [late]);
  await world.drain('north');
  await world.changes('north');
  await world.receive('north', [early]);
  await world.drain('north');
  expect(await claims()).toEqual(expected);
  // The earlier receipt can make a late claim timely (rule 10).
  expect(await world.changes('north')).toEqual(['CLAIM 1234567|777']);
});

test('the NPI finds its pharmacy whether the pharmacy is known before, after or in the same batch', async () => {
  const byNpi = { providerQualifier: '01', providerId: NPI };
  const story: TestRaw[] = [
    files({ payload: units(claim(byNpi), claim({ ...byNpi, rxNumber: '2' })), rawId: numberedId(1) }),
    files({ payload: units(pharmacy()), rawId: numberedId(2) }),
    files({ payload: units(claim()), rawId: numberedId(3) }),
  ];
  const states: unknown[] = [];
  for (const order of [
    [0, 1, 2],
    [1, 0, 2],
    [2, 0, 1],
    [0, 2, 1],
    [2, 1, 0],
  ]) {
    for (const together of [true, false]) {
      await world.rows('truncate raw_message, raw_state, claim_transaction, pharmacy, change');
      for (const index of order) {
        await world.receive('north', story.slice(index, index + 1));
        if (!together) await world.drain('north');
      }
      await world.drain('north');
      states.push(await claims());
    }
  }
  for (const one of states) expect(one).toEqual(states[0]);
  expect(states[0]).toMatchObject([{ ncpdp: '1234567' }, { ncpdp: '1234567' }]);
});

test('a claim that names its pharmacy by NPI and by its own id is one claim, in either order of processing', async () => {
  const byNpi = { providerQualifier: '01', providerId: NPI };
  const both = (receivedAt: string, rawId: string): TestRaw =>
    files({ payload: units(claim({ ...byNpi, ordinal: 1 }), claim({ ordinal: 2 })), receivedAt, rawId });
  const early = both('2026-03-06T00:00:00.000Z', numberedId(5));
  const late = both('2026-03-09T00:00:00.000Z', numberedId(6));
  const states: unknown[] = [];
  for (const order of [
    [early, late],
    [late, early],
  ]) {
    await world.rows('truncate raw_message, raw_state, claim_transaction, pharmacy, change');
    await world.receive('north', [files({ payload: units(pharmacy()), receivedAt: '2026-03-01T00:00:00.000Z' })]);
    await world.drain('north');
    for (const one of order) {
      await world.receive('north', [one]);
      await world.drain('north');
    }
    expect(new Set(await world.changes('north'))).toEqual(new Set(['CLAIM 1234567|777', 'PHARMACY 1234567']));
    states.push(await claims());
  }
  expect(states[1]).toEqual(states[0]);
  expect(states[0]).toMatchObject([{ ncpdp: '1234567', provider_id: NPI, raw_id: numberedId(5) }]);
});

test('a sign that no text of the database holds costs nothing, also in an NPI', async () => {
  const odd = claim({ providerQualifier: '01', providerId: '1111\0', rxNumber: '1' });
  await world.receive('north', [files({ payload: units(odd, claim({ rxNumber: '2' })), rawId: numberedId(1) })]);
  await world.drain('north');
  expect(await counters(numberedId(1))).toMatchObject([{ state: 'DONE', records: 2, accepted: 2 }]);
  expect(await world.rows('select ncpdp, rx_number from claim_transaction order by rx_number')).toEqual([
    { ncpdp: 'NPI:1111\uFFFD', rx_number: '1' },
    { ncpdp: '1234567', rx_number: '2' },
  ]);
});

test('batches are told apart by feed and number, and those of all payloads are locked', () => {
  const item = (feed: string, rawId: string, batchId: string): Item<ClaimRecord> => ({
    unit: unitOf({ rawId, receivedAt: '2026-03-06T00:00:00.000Z' } as RawPayload, { name: feed } as FeedSettings, {
      position: 'line 1',
      records: [],
      errors: [],
    }),
    ordinal: 1,
    record: claim({ batchId }),
  });
  const packed = packClaims([
    item('files', numberedId(1), 'B1'),
    item('others', numberedId(2), 'B1'),
    item('others', numberedId(3), ''),
    item('others', numberedId(4), 'B2'),
  ]);
  expect([...(packed?.batches ?? [])]).toEqual(['["files","B1"]', '["others","B1"]', '["others","B2"]']);
});

test('a pharmacy that arrives or loses its NPI moves its claims and marks both places', async () => {
  await world.receive('north', [files({ payload: units(claim({ providerQualifier: '01', providerId: NPI })) })]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual([`CLAIM NPI:${NPI}|777`]);
  await world.receive('north', [files({ payload: units(pharmacy()) })]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual(['CLAIM 1234567|777', `CLAIM NPI:${NPI}|777`, 'PHARMACY 1234567']);
  const later = '2026-03-11T00:00:00.000Z';
  await world.receive('north', [files({ payload: units(pharmacy({ npi: '' })), receivedAt: later })]);
  await world.drain('north');
  expect(await claims()).toMatchObject([{ ncpdp: `NPI:${NPI}` }]);
  // A row that says the same again moves nothing.
  await world.changes('north');
  await world.receive('north', [files({ payload: units(pharmacy({ npi: '' })), receivedAt: later })]);
  await world.drain('north');
  expect(await world.changes('north')).toEqual([]);
});

test('a claim that its columns cannot hold costs its payload, not the others', async () => {
  const wide = '1234567890123.00';
  const amounts = { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: wide };
  await world.receive('north', [
    files({ payload: units(claim()), rawId: numberedId(1) }),
    files({ payload: units(claim({ rxNumber: '2', dateOfService: '0000-01-01' })), rawId: numberedId(2) }),
    files({ payload: units(claim({ rxNumber: '3', amounts })), rawId: numberedId(3) }),
    files({ payload: units(claim({ rxNumber: '4' })), rawId: numberedId(4) }),
  ]);
  await world.drain('north');
  expect((await claims()).map(({ raw_id: rawId }) => rawId).sort()).toEqual([numberedId(1), numberedId(4)]);
  expect(await world.rows('select raw_id, state from raw_state order by raw_id')).toMatchObject([
    { state: 'DONE' },
    { state: 'QUARANTINED' },
    { state: 'QUARANTINED' },
    { state: 'DONE' },
  ]);
});

describe('responses', () => {
  const batch = { batchId: 'B1', batchReference: 'R1', transactionIndex: 1 };
  const request = claim({
    ...batch,
    responseStatus: '',
    adjudicatedAt: null,
    batchCreatedAt: '2026-03-05T00:00:00.000Z',
  });
  const response: ClaimResponseRecord = {
    type: 'claimResponse',
    code: 'B1',
    ...batch,
    responseStatus: 'P',
    rxNumber: '',
    amounts: { ingredientCost: null, dispensingFee: null, patientPay: '1.00', totalPaid: '9.50' },
    ordinal: 1,
  };

  test('a response marks the prescription of its request', async () => {
    await world.receive('north', [files({ payload: units(request) })]);
    await world.drain('north');
    await world.changes('north');
    await world.receive('north', [files({ payload: units(response, response) })]);
    await world.drain('north');
    expect(await world.changes('north')).toEqual(['CLAIM 1234567|777']);
    expect(await world.rows('select response_status, total_paid from claim_response')).toEqual([
      { response_status: 'P', total_paid: '9.50' },
    ]);
  });

  test('a response before its request marks nothing, the request does', async () => {
    await world.receive('north', [files({ payload: units(response) })]);
    await world.drain('north');
    expect(await world.changes('north')).toEqual([]);
    await world.receive('north', [files({ payload: units(request) })]);
    await world.drain('north');
    expect(await world.changes('north')).toEqual(['CLAIM 1234567|777']);
  });
});

const versions = () =>
  world.rows(
    'select total, current, created_at, raw_id, position, content_hash from invoice order by created_at, content_hash',
  );
const csv = (total: string, receivedAt: string): TestRaw =>
  files({ payload: units(invoice({ total, createdAt: null })), receivedAt });

describe('invoices', () => {
  test('the version with the later creation is current in any order; the same content again changes nothing', async () => {
    const first = files({ payload: units(invoice()), rawId: numberedId(1) });
    const correction = files({
      payload: units(invoice({ total: '21.00', createdAt: '2026-03-08T00:00:00.000Z' })),
      rawId: numberedId(2),
    });
    const again = files({
      payload: units(
        invoice({
          createdAt: '2026-03-09T00:00:00.000Z',
          lines: [
            { lineNumber: '1', ndcText: '00093104801', packages: '2', unitPrice: '10.00', position: 'ST 9/IT1 1' },
          ],
        }),
      ),
      rawId: numberedId(3),
    });
    const states: unknown[] = [];
    for (const order of [
      [first, correction, again],
      [again, correction, first],
      [correction, again, first],
    ]) {
      await world.rows('truncate raw_message, raw_state, invoice_line, invoice, invoice_work');
      for (const raw of order) {
        await world.receive('north', [raw]);
        await world.drain('north');
      }
      states.push(await versions());
    }
    expect(states[0]).toMatchObject([
      { total: '20.00', current: false, raw_id: numberedId(1) },
      { total: '21.00', current: true },
    ]);
    for (const one of states) expect(one).toEqual(states[0]);
    expect(await world.rows('select wholesaler, account_number, invoice_number from invoice_work')).toEqual([
      { wholesaler: 'ACME', account_number: 'A-1', invoice_number: 'I-1' },
    ]);
  });

  test('without a creation time the receipt decides', async () => {
    await world.receive('north', [csv('2.00', '2026-03-12T00:00:00.000Z'), csv('1.00', '2026-03-11T00:00:00.000Z')]);
    await world.drain('north');
    expect(await versions()).toMatchObject([
      { total: '1.00', current: false },
      { total: '2.00', current: true },
    ]);
  });
});
