/** Claims to dispenses (DOMAIN.md 12 B): arrival order and duplicates never matter; reversals, replacements, several payers. */
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { foldClaims, type Claim } from '../../src/decide/fold-claims.ts';

let made = 0;
const claim = (values: Partial<Claim> = {}): Claim => {
  made += 1;
  return {
    id: `c${made}`,
    transactionKey: `k${String(made).padStart(6, '0')}`,
    ncpdp: '1234567',
    rxNumber: '77',
    code: 'B1',
    responseStatus: values.code === 'B2' ? 'A' : 'P',
    fillNumber: 0,
    dateOfService: '2026-03-10',
    dispensingStatus: '',
    bin: '610000',
    pcn: 'A',
    payerGroup: '',
    otherCoverage: 0,
    otherPayers: [],
    adjudicatedAt: null,
    batchCreatedAt: null,
    batchReference: '',
    transactionIndex: 1,
    ordinal: 1,
    receivedAt: '2026-04-01T00:00:00.000Z',
    ndcText: '00093104801',
    quantity: '30.000',
    unit: 'EA',
    daysSupply: 30,
    writtenDate: '2026-03-01',
    prescriberId: null,
    familyCompare: null,
    givenCompare: null,
    birthDate: null,
    sex: null,
    idAuthority: null,
    idValue: null,
    totalPaid: null,
    rawId: 'r',
    position: 'line 1',
    ...values,
  };
};
const at = (hour: number): string => `2026-03-10T${String(hour).padStart(2, '0')}:00:00.000Z`;
/** `state(open claims)` of each dispense, and the orphans. */
const summary = (claims: Claim[]): string => {
  const { dispenses, orphans } = foldClaims(claims);
  const open = dispenses.map((one) => `${one.state}(${one.open.map((of) => of.id).join()})`);
  return [...open, ...orphans.map((one) => `orphan ${one.id}`)].join(' ');
};

describe('one payer', () => {
  test.each<[string, (Partial<Claim> & { id: string })[], string]>([
    ['paid', [{ id: 'a' }], 'OPEN(a)'],
    ['rejected', [{ id: 'a', responseStatus: 'R' }], 'NEVER_PAID()'],
    ['captured is not paid', [{ id: 'a', responseStatus: 'C' }], 'NEVER_PAID()'],
    ['no answer yet', [{ id: 'a', responseStatus: '' }], 'NEVER_PAID()'],
    [
      'a duplicate answer changes nothing',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', responseStatus: 'D', adjudicatedAt: at(2) },
      ],
      'OPEN(a)',
    ],
    [
      'reversed',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', code: 'B2', adjudicatedAt: at(2) },
      ],
      'REVERSED()',
    ],
    [
      'rejected reversal',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', code: 'B2', responseStatus: 'R', adjudicatedAt: at(2) },
      ],
      'OPEN(a)',
    ],
    [
      'opened again',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', code: 'B2', adjudicatedAt: at(2) },
        { id: 'c', adjudicatedAt: at(3) },
      ],
      'OPEN(c)',
    ],
    [
      'B3 replaces',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', code: 'B3', adjudicatedAt: at(2) },
      ],
      'OPEN(b)',
    ],
    ['B3 without a claim opens', [{ id: 'b', code: 'B3' }], 'OPEN(b)'],
    [
      'rejected B3 changes nothing',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', code: 'B3', responseStatus: 'R', adjudicatedAt: at(2) },
      ],
      'OPEN(a)',
    ],
    [
      'a second paid B1 replaces',
      [
        { id: 'a', adjudicatedAt: at(1) },
        { id: 'b', adjudicatedAt: at(2) },
      ],
      'OPEN(b)',
    ],
    ['a reversal alone waits', [{ id: 'b', code: 'B2' }], 'orphan b'],
    [
      'it cancels the next claim when the order is not known',
      [
        { id: 'b', code: 'B2', batchCreatedAt: at(1) },
        { id: 'a', batchCreatedAt: at(2) },
      ],
      'REVERSED()',
    ],
    [
      'and not when both say when',
      [
        { id: 'b', code: 'B2', adjudicatedAt: at(1) },
        { id: 'a', adjudicatedAt: at(2) },
      ],
      'OPEN(a) orphan b',
    ],
    [
      'a reversal of another date waits',
      [{ id: 'a' }, { id: 'b', code: 'B2', dateOfService: '2026-03-11' }],
      'OPEN(a) orphan b',
    ],
    [
      'without fill number it finds the only fill',
      [
        { id: 'a', fillNumber: 2, adjudicatedAt: at(1) },
        { id: 'b', code: 'B2', fillNumber: null, adjudicatedAt: at(2) },
      ],
      'REVERSED()',
    ],
    [
      'and waits when there are two',
      [{ id: 'a' }, { id: 'b', fillNumber: 1 }, { id: 'c', code: 'B2', fillNumber: null }],
      'OPEN(a) OPEN(b) orphan c',
    ],
    [
      'partial fills are two dispenses',
      [
        { id: 'a', dispensingStatus: 'P' },
        { id: 'b', dispensingStatus: 'C' },
      ],
      'OPEN(b) OPEN(a)',
    ],
  ])('%s', (_name, values, expected) => {
    // Lines stand against the times, so that only the times can put them right.
    const claims = values.map((one, index) => claim({ ordinal: values.length - index, ...one }));
    expect(summary(claims)).toBe(expected);
    expect(summary(claims.toReversed())).toBe(expected);
  });

  test.each<[string, Partial<Claim>, Partial<Claim>]>([
    ['reference as a number', { batchReference: '9', ordinal: 2 }, { batchReference: '10' }],
    ['then transaction', { transactionIndex: 1, ordinal: 2 }, { transactionIndex: 2 }],
    ['then line', { ordinal: 1 }, { ordinal: 2 }],
  ])('position decides between equal times: %s', (_name, earlier, later) => {
    const last = claim({ batchCreatedAt: at(1), ...later });
    const claims = [last, claim({ batchCreatedAt: at(1), ...earlier })];
    expect(foldClaims(claims).dispenses[0]?.open[0]?.id).toBe(last.id);
  });
});

describe('several payers', () => {
  const first = { bin: '610000', otherCoverage: 0 };
  const second = { bin: '020099', otherCoverage: 8 };
  test('the primary claim is first; the dispense is open while one payer is', () => {
    const claims = [
      claim({ id: 's', ...second, adjudicatedAt: at(1) }),
      claim({ id: 'p', ...first, adjudicatedAt: at(2) }),
    ];
    expect(summary(claims)).toBe('OPEN(p,s)');
    expect(summary([...claims, claim({ code: 'B2', ...first, adjudicatedAt: at(3) })])).toBe('OPEN(s)');
  });
  test('a reversal without BIN closes all', () => {
    const claims = [
      claim({ ...second, adjudicatedAt: at(1) }),
      claim({ ...first, adjudicatedAt: at(2) }),
      claim({ code: 'B2', bin: '', pcn: '', adjudicatedAt: at(3) }),
    ];
    expect(summary(claims)).toBe('REVERSED()');
  });
  test('a reversal of one payer does not touch the other', () => {
    expect(
      summary([
        claim({ id: 'a', ...first, adjudicatedAt: at(1) }),
        claim({ id: 'b', code: 'B2', ...second, adjudicatedAt: at(2) }),
      ]),
    ).toBe('OPEN(a) orphan b');
  });
});

test('every fill takes the written date of the lowest known one', () => {
  const fills = [
    claim({ fillNumber: 1, writtenDate: null, dateOfService: '2026-04-10' }),
    claim({ fillNumber: 0 }),
    claim({ fillNumber: 2, writtenDate: '2026-05-01', dateOfService: '2026-05-10' }),
  ];
  expect(foldClaims(fills).dispenses.map((one) => one.writtenDate)).toEqual(['2026-03-01', '2026-03-01', '2026-03-01']);
});

describe('properties', () => {
  const arbitrary = fc.array(
    fc
      .record({
        code: fc.constantFrom('B1' as const, 'B2' as const, 'B3' as const),
        fillNumber: fc.option(fc.integer({ min: 0, max: 1 }), { nil: null, freq: 5 }),
        bin: fc.constantFrom('610000', '020099', ''),
        hour: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
        batchHour: fc.integer({ min: 0, max: 5 }),
        ordinal: fc.integer({ min: 0, max: 3 }),
        rejected: fc.boolean(),
      })
      .map(({ hour, batchHour, rejected, ...rest }) =>
        claim({
          ...rest,
          fillNumber: rest.code === 'B2' ? rest.fillNumber : (rest.fillNumber ?? 0),
          adjudicatedAt: hour === null ? null : at(hour),
          batchCreatedAt: at(batchHour),
          responseStatus: rejected && rest.ordinal === 0 ? 'R' : rest.code === 'B2' ? 'A' : 'P',
        }),
      ),
    { maxLength: 8 },
  );

  test('order of arrival and duplicates change nothing', () => {
    fc.assert(
      fc.property(arbitrary, fc.infiniteStream(fc.nat()), (claims, random) => {
        const shuffled = [...claims, ...claims.slice(0, 2)]
          .map((one) => ({ one, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one);
        expect(foldClaims(shuffled)).toEqual(foldClaims(claims));
      }),
    );
  });

  test('a dispense is open exactly when a payer is, and every paid one was ever paid', () => {
    fc.assert(
      fc.property(arbitrary, (claims) => {
        for (const dispense of foldClaims(claims).dispenses) {
          expect(dispense.state === 'OPEN').toBe(dispense.open.length > 0);
          expect(dispense.everPaid).toBe(dispense.state !== 'NEVER_PAID');
          expect(new Set(dispense.open.map((one) => `${one.bin}|${one.pcn}`)).size).toBe(dispense.open.length);
        }
      }),
    );
  });

  test('a claim and its reversal is a reversed dispense, whichever came first', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (timed, first) => {
        const paid = claim({ adjudicatedAt: timed ? at(1) : null, batchCreatedAt: first ? at(1) : at(2) });
        const reversal = claim({
          code: 'B2',
          adjudicatedAt: timed ? at(2) : null,
          batchCreatedAt: first ? at(2) : at(1),
        });
        for (const order of [
          [paid, reversal],
          [reversal, paid],
        ])
          expect(summary(order)).toBe('REVERSED()');
      }),
    );
  });
});
