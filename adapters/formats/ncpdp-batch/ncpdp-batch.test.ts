/** What the samples cannot show: overpunch, what is written comes back, pairing over one and two files, damage, size. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HeldPayload } from '../../contract.ts';
import type { Parsed } from '../../contract.ts';
import { readAll } from '../../source.ts';
import { instantOf } from '../../../src/model/calendar.ts';
import { readMoney, readQuantity } from './fields.ts';
import { format } from './index.ts';
import type { ClaimAnswer, ClaimRequest } from './write.ts';
import { writeBatch } from './write.ts';

const context = { feed: 'walgreens-batch', zone: 'America/Chicago', sha256: '', options: {} };
const read = (bytes: Uint8Array, options: Record<string, unknown> = {}): Promise<Parsed[]> =>
  readAll(format, bytes, { ...context, options });
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const joined = (...files: Uint8Array[]): Uint8Array => text(files.map(textOf).join(''));

const word = (max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^[A-Z0-9]{1,${max}}$`));
const date = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const quantity = fc
  .integer({ min: 1, max: 9_999_999_999 })
  .map((n) => `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, '0')}`);
const money = fc.option(
  fc
    .tuple(fc.boolean(), fc.integer({ min: 0, max: 99_999_999 }))
    .map(([minus, n]) => `${minus && n > 0 ? '-' : ''}${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`),
);

/** What all transactions of one transmission share. */
const shared = fc.record({
  code: fc.constantFrom('B1' as const, 'B2' as const, 'B3' as const),
  providerQualifier: fc.constantFrom('01', '07'),
  providerId: word(15),
  dateOfService: date,
  bin: fc.stringMatching(/^\d{6}$/),
  pcn: word(10),
  group: word(15),
  cardholder: word(20),
  patient: fc.record({
    familyName: fc.option(word(15)),
    givenName: fc.option(word(12)),
    birthDate: fc.option(date),
    sex: fc.option(fc.constantFrom('M', 'F')),
    identifier: fc.option(
      fc.record({ authority: fc.constant(''), type: fc.constantFrom('MR', '99'), value: word(20) }),
    ),
  }),
});
const ingredient = fc.record({
  productQualifier: fc.constant('03'),
  ndcText: word(11),
  quantity,
  cost: money,
  basisOfCost: fc.constantFrom('', '08'),
});
const own = fc
  .record({
    rxNumber: fc.integer({ min: 1, max: 999_999_999_999 }).map(String),
    fillNumber: fc.integer({ min: 0, max: 99 }),
    dispensingStatus: fc.constantFrom('', 'P', 'C'),
    otherCoverage: fc.integer({ min: 0, max: 8 }),
    otherPayers: fc.array(fc.record({ bin: word(10), pcn: fc.constant(''), group: fc.constant('') }), { maxLength: 2 }),
    ndcText: word(19),
    productQualifier: fc.constantFrom('', '03'),
    quantity,
    unit: fc.constantFrom('', 'EA', 'GM', 'ML'),
    daysSupply: fc.option(fc.integer({ min: 0, max: 999 })),
    writtenDate: fc.option(date),
    prescriberQualifier: fc.constantFrom('01', '08', '12'),
    prescriberId: fc.option(word(15)),
    submissionClarification: fc.array(fc.constantFrom('20', '99', '8'), { maxLength: 3 }),
    basisOfCost: fc.constantFrom('', '01', '08'),
    ingredients: fc.array(ingredient, { maxLength: 3 }),
    amounts: fc.record({
      ingredientCost: money,
      dispensingFee: money,
      patientPay: money,
      totalPaid: fc.constant(null),
    }),
    status: fc.constantFrom('P', 'A', 'C', 'D', 'R', 'S', 'Q'),
    paid: fc.record({ ingredientCost: money, dispensingFee: money, patientPay: money, totalPaid: money }),
  })
  .map(({ ingredients, ...claim }) => ({
    ...claim,
    compound: ingredients.length > 0,
    ...(ingredients.length > 0 ? { ingredients } : {}),
  }));
const transmission = fc.tuple(shared, fc.array(own, { minLength: 1, maxLength: 4 }));

type Drawn = typeof transmission extends fc.Arbitrary<infer T> ? T : never;

/** Generated transmissions as what is written. */
function world(drawn: readonly Drawn[]): {
  requests: ClaimRequest[];
  responses: ClaimAnswer[];
} {
  const requests: ClaimRequest[] = [];
  const responses: ClaimAnswer[] = [];
  for (const [at, [head, claims]] of drawn.entries())
    for (const [index, { status, paid, ...claim }] of claims.entries()) {
      const placed = { batchReference: String(at + 1).padStart(10, '0'), transactionIndex: index + 1 };
      requests.push({ ...head, ...claim, ...placed });
      responses.push({ ...head, ...placed, rxNumber: claim.rxNumber, responseStatus: status, amounts: paid });
    }
  return { requests, responses };
}
const envelope = { sender: 'PHARMACY', batchId: '0000007', createdAt: '2026-03-08T02:30' };
const createdAt = instantOf('2026-03-08T02:30:00', context.zone);

const one = (): { requests: ClaimRequest[]; responses: ClaimAnswer[] } =>
  world([
    [
      {
        code: 'B1',
        providerQualifier: '07',
        providerId: '1234567',
        dateOfService: '2026-03-02',
        bin: '990001',
        pcn: 'PCN',
        group: '',
        cardholder: '',
        patient: {
          familyName: null,
          givenName: null,
          birthDate: null,
          sex: null,
          identifier: { authority: '', type: 'MR', value: 'M1' },
        },
      },
      [
        {
          rxNumber: '77',
          fillNumber: 0,
          dispensingStatus: '',
          otherCoverage: 0,
          otherPayers: [],
          ndcText: '00093505601',
          productQualifier: '03',
          quantity: '30.000',
          unit: 'EA',
          daysSupply: 30,
          writtenDate: null,
          prescriberQualifier: '01',
          prescriberId: null,
          submissionClarification: [],
          basisOfCost: '',
          compound: false,
          amounts: { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: null },
          status: 'P',
          paid: { ingredientCost: null, dispensingFee: null, patientPay: null, totalPaid: '9.00' },
        },
      ],
    ],
  ]);
const fields = (units: Parsed[]): string[] => units.flatMap((unit) => unit.errors.map((error) => error.field));

/** What the answer states stands, the rest is as requested. */
const paidOver = (asked: ClaimRequest['amounts'], paid: ClaimAnswer['amounts']): ClaimAnswer['amounts'] => ({
  ingredientCost: paid.ingredientCost ?? asked.ingredientCost,
  dispensingFee: paid.dispensingFee ?? asked.dispensingFee,
  patientPay: paid.patientPay ?? asked.patientPay,
  totalPaid: paid.totalPaid,
});

/** The response transmission without its transactions, its header status R. */
const rejectedInHeader = (answer: string): string => {
  const body = answer.replace('D0B11A', 'D0B11R');
  const start = body.indexOf('\u001D');
  return body.slice(0, start) + body.slice(body.indexOf('\u0003', start));
};

const file = (edit: (request: string) => string, editAnswer = (answer: string) => answer): Uint8Array => {
  const { requestFile, responseFile } = writeBatch({ ...envelope, ...one() });
  return text(edit(textOf(requestFile)) + editAnswer(textOf(responseFile)));
};

describe('ncpdp-batch', () => {
  test.each([
    ['00000000035A', '3.51'],
    ['00000000035P', '-3.57'],
    ['557{', '55.70'],
    ['0000359G', '35.97'],
    ['}', '0.00'],
    ['12', '0.12'],
    ['1.20', undefined],
    ['-12', undefined],
    ['', undefined],
    ['A1', undefined],
  ])('overpunch %s is %s', (sent, amount) => expect(readMoney(sent)).toBe(amount));

  test('quantity has three implied decimals', () => {
    expect(readQuantity('30000')).toBe('30.000');
    expect(readQuantity('1')).toBe('0.001');
    expect(readQuantity('12345678901')).toBeUndefined();
  });

  test('what is written comes back, requests and responses in one file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transmission, { maxLength: 4 }), fc.boolean(), async (drawn, responsesFirst) => {
        const { requests, responses } = world(drawn);
        const { requestFile, responseFile } = writeBatch({ ...envelope, requests, responses });
        const units = await read(
          responsesFirst ? joined(responseFile, requestFile) : joined(requestFile, responseFile),
        );
        expect(units.flatMap((unit) => unit.errors)).toEqual([]);
        const expected = requests.map((request, at) => {
          const answer = responses[at];
          if (!answer) throw new Error('an answer for each request');
          return {
            ...request,
            type: 'claim',
            responseStatus: answer.responseStatus,
            adjudicatedAt: null,
            batchCreatedAt: createdAt,
            batchId: envelope.batchId,
            ordinal: at + 1,
            amounts: paidOver(request.amounts, answer.amounts),
          };
        });
        const records = units.flatMap((unit) => unit.records);
        expect(responsesFirst ? records.map((r) => ({ ...r, ordinal: 0 })) : records).toEqual(
          responsesFirst ? expected.map((r) => ({ ...r, ordinal: 0 })) : expected,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('in two files the same requests wait for the same answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(transmission, { maxLength: 3 }), async (drawn) => {
        const { requests, responses } = world(drawn);
        const { requestFile, responseFile } = writeBatch({ ...envelope, requests, responses });
        const waiting = (await read(requestFile)).flatMap((unit) => unit.records);
        expect(waiting.map((record) => record.type === 'claim' && record.responseStatus)).toEqual(
          requests.map(() => ''),
        );
        expect((await read(responseFile)).flatMap((unit) => unit.records)).toEqual(
          responses.map(({ code, responseStatus, rxNumber, amounts, batchReference, transactionIndex }, at) => ({
            type: 'claimResponse',
            code,
            responseStatus,
            rxNumber,
            amounts,
            batchId: envelope.batchId,
            batchReference,
            transactionIndex,
            ordinal: at + 1,
          })),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('an answer without a readable status, of another code or prescription rejects its claim', async () => {
    for (const [from, to, field] of [
      ['ANP', 'ANX', '112-AN'],
      ['D0B11A', 'D0B21A', '103-A3'],
      ['D277', 'D278', '402-D2'],
    ] as const) {
      const units = await read(
        file(
          (request) => request,
          (answer) => answer.replace(from, to),
        ),
      );
      expect(fields(units)).toEqual([field]);
      expect(units.flatMap((unit) => unit.records)).toEqual([]);
    }
  });

  test('a transmission rejected in its header rejects what it answers', async () => {
    const units = await read(
      file(
        (request) => request,
        (answer) => rejectedInHeader(answer),
      ),
    );
    expect(units.flatMap((unit) => unit.records)).toMatchObject([{ type: 'claim', responseStatus: 'R' }]);
    expect(fields(units)).toEqual([]);
  });

  test('a test file is passed over unless the feed accepts it', async () => {
    const bytes = file(
      (request) => request.replace('P12', 'T12'),
      () => '',
    );
    expect(await read(bytes)).toEqual([{ position: 'batch 1 G1 1', records: [], errors: [], ignored: 'TEST_FILE' }]);
    expect((await read(bytes, { acceptTest: true }))[0]?.records).toHaveLength(1);
  });

  test('the feed names the authority of a patient id; a social security number is dropped', async () => {
    const declared = { patientIdentifiers: { EA: { authority: 'MAINHOSP', type: 'MR' } } };
    expect(format.checkOptions(declared)).toEqual([]);
    const identified = (
      await read(
        file(
          (request) => request,
          () => '',
        ),
        declared,
      )
    )[0]?.records[0];
    expect(identified).toMatchObject({ patient: { identifier: { authority: 'MAINHOSP', type: 'MR', value: 'M1' } } });
    const social = (
      await read(
        file(
          (request) => request.replace('CXEA', 'CX01'),
          () => '',
        ),
      )
    )[0]?.records[0];
    expect(social).toMatchObject({ patient: { identifier: null } });
    expect(format.checkOptions({ patientIdentifiers: { EA: 'x' }, acceptTests: true })).toHaveLength(2);
  });

  test('a repeated run says nothing new; a trailer of another batch is an error beside its records', async () => {
    const { requestFile } = writeBatch({ ...envelope, ...one() });
    expect((await read(joined(requestFile, requestFile))).map((unit) => unit.ignored)).toEqual([undefined, 'REPEATED']);
    const units = await read(
      file(
        (request) => request.replace('990000007', '990000008'),
        () => '',
      ),
    );
    expect(units.map((unit) => [unit.position, unit.records.length])).toEqual([
      ['batch 1 G1 1 transaction 1', 1],
      ['99 trailer 1', 0],
    ]);
    expect(fields(units)).toEqual(['806-5C']);
  });

  test('a file cut anywhere before its trailer is complete is held', async () => {
    const { requestFile } = writeBatch({ ...envelope, ...one() });
    const whole = textOf(requestFile);
    for (let cut = 1; cut < whole.indexOf('\u000299') + 20; cut++)
      await expect(read(text(whole.slice(0, cut)))).rejects.toThrow(HeldPayload);
  });

  test('bytes of any kind throw nothing but HeldPayload', async () => {
    const alphabet = fc.constantFrom(
      ...'\u0002\u0003\u001C\u001D\u001E\u001AD0B1AM0799G1 {\r\n\u00E9'.split(''),
      'AM07',
      'D0B1',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(alphabet, { maxLength: 200 }), async (parts) => {
        try {
          await read(text(parts.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(HeldPayload);
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['record starts', '\u0002'],
    ['record ends', '\u0003'],
    ['details without end', '\u0002G1'],
    ['groups', '\u001D'],
    ['digits', '0'],
  ])('a megabyte of %s costs a megabyte of reading: a slower reader runs into the time limit', async (_, part) => {
    await expect(read(text(`\u000200T${part.repeat(1_000_000 / part.length)}`))).rejects.toThrow(HeldPayload);
    const bare = `999999D0B1${' '.repeat(46)}${part.replace('\u0002', '').repeat(1_000_000 / part.length)}`;
    expect(await read(text(bare))).not.toEqual([]);
  });
});
