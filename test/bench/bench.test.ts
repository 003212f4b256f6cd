/** What the benches compute with must be right before their figures mean anything: the encodings lose nothing, the middle is the middle. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interleave, median, percentile, table } from '../../bench/figure.ts';
import { VerdictCodec, type KnownIds, type StoredVerdict } from '../../bench/evidence-codec.ts';
import { RULE_CODES } from '../../src/model/verdict.ts';

const uuid = fc.uuid();
const known: KnownIds = {
  patient: '0192e0a0-0000-7000-8000-000000000001',
  encounter: '0192e0a0-0000-7000-8000-000000000002',
  prescription: null,
  claim: '0192e0a0-0000-7000-8000-000000000004',
};
const row = fc.oneof(
  fc.record({
    kind: fc.constantFrom('encounter', 'patient', 'prescription', 'claim', 'plan', 'roster', 'covered_entity'),
    id: fc.oneof(uuid, ...[known.patient, known.encounter, known.claim].map((id) => fc.constant(id ?? ''))),
    note: fc.constantFrom('QUALIFIES', 'BEFORE_LOOKBACK', '2026Q1'),
  }),
  fc.record({ kind: fc.constant('candidate'), id: fc.constantFrom('DSH340001', 'CAH340002') }),
);
const verdicts: fc.Arbitrary<StoredVerdict[]> = fc
  .tuple(
    ...RULE_CODES.map((rule) =>
      fc.record({
        rule: fc.constant<string>(rule),
        answer: fc.constantFrom('PASS', 'FAIL', 'UNKNOWN', 'NOT_APPLICABLE'),
        reason: fc.constantFrom('COVERED', 'NO_QUALIFYING_VISIT', 'CASH'),
        evidence: fc.array(row, { maxLength: 23, size: 'max' }),
      }),
    ),
  )
  .map((all) => [...all]);

describe('encodings of verdicts', () => {
  for (const options of [
    { known: false, numbered: false },
    { known: true, numbered: false },
    { known: true, numbered: true },
  ])
    test(`lose nothing: ${JSON.stringify(options)}`, () => {
      const codec = new VerdictCodec(options);
      fc.assert(
        fc.property(verdicts, (given) => {
          expect(codec.decode(codec.encode(given, known), known)).toEqual(given);
        }),
      );
    });

  test('ids that stand in columns take no bytes', () => {
    const given = RULE_CODES.map((rule): StoredVerdict => ({
      rule,
      answer: 'PASS',
      reason: 'COVERED',
      evidence: [{ kind: 'patient', id: known.patient ?? '', note: 'BY_NAME' }],
    }));
    const plain = new VerdictCodec({ known: false, numbered: false }).encode(given, known);
    const short = new VerdictCodec({ known: true, numbered: false }).encode(given, known);
    expect(plain.length - short.length).toBe(11 * 16);
  });
});

describe('figures', () => {
  test('median and percentile', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('rounds alternate', async () => {
    const order: string[] = [];
    const run = (name: string) => async () => order.push(name);
    await interleave(3, run('A'), run('B'));
    expect(order.join('')).toBe('ABABAB');
  });

  test('a table has one line per figure', () => {
    const figure = {
      bench: 'b',
      figure: 'f',
      value: 1234.5,
      unit: 's',
      ratio: 2,
      against: 'other: 2469 s',
      load: '0.1-1.0',
    };
    expect(table([figure, { ...figure, ratio: null, against: null }]).split('\n')).toHaveLength(3);
  });
});
