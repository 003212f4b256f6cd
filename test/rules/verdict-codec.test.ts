/** Verdicts as bytes: they lose nothing, repeat no id that stands in a column, and refuse what does not fit. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeVerdicts, numberHex } from '../../src/decide/verdict-codec.ts';
import { RULE_CODES } from '../../src/model/verdict.ts';
import { readVerdicts, ResultBook, type ReadVerdict } from '../support/verdicts.ts';

const known = {
  patient: '0192e0a0-0000-7000-8000-000000000001',
  encounter: '0192e0a0-0000-7000-8000-000000000002',
  prescription: null,
  claim: '0192e0a0-0000-7000-8000-000000000004',
};
const row = fc.oneof(
  fc.record({
    kind: fc.constantFrom('encounter', 'patient', 'prescription', 'claim', 'plan', 'roster', 'covered_entity'),
    id: fc.oneof(fc.uuid(), fc.constantFrom('', known.patient, known.encounter, known.claim)),
    note: fc.constantFrom('QUALIFIES', 'BEFORE_LOOKBACK', '2026Q1'),
  }),
  fc.record({ kind: fc.constant('candidate'), id: fc.constantFrom('DSH340001', 'CAH340002') }),
);
const verdicts: fc.Arbitrary<ReadVerdict[]> = fc
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
const each = (evidence: ReadVerdict['evidence']): ReadVerdict[] =>
  RULE_CODES.map((rule) => ({ rule, answer: 'PASS', reason: 'COVERED', evidence }));

describe('verdicts as bytes', () => {
  test('lose nothing, one determination after another', () => {
    const book = new ResultBook();
    fc.assert(
      fc.property(verdicts, (given) => {
        const bytes = Buffer.from(book.encode(given, known), 'hex');
        expect(readVerdicts(bytes, known, book.byNumber)).toEqual(given);
      }),
    );
  });

  test('a result that is said again is stated once, whoever the patient is', () => {
    const book = new ResultBook();
    const first = book.encode(each([{ kind: 'patient', id: known.patient, note: 'BY_NAME' }]), known);
    const patient = '0192e0a0-0000-7000-8000-0000000000ff';
    expect(book.encode(each([{ kind: 'patient', id: patient, note: 'BY_NAME' }]), { ...known, patient })).toBe(first);
    expect(book.rows.length).toBe(11);
    expect(first.length / 2).toBe(1 + 11 * 3);
  });

  test('ids of other visits take sixteen bytes each, and a fifth row another result', () => {
    const visit = { kind: 'encounter', id: '0192e0a0-0000-7000-8000-00000000000a', note: 'CLASS_IMP' };
    const given: ReadVerdict[] = [
      { rule: 'ENCOUNTER_QUALIFYING', answer: 'FAIL', reason: 'X', evidence: Array.from({ length: 5 }, () => visit) },
    ];
    const book = new ResultBook();
    expect(book.encode(given, known).length / 2).toBe(1 + 2 * 3 + 5 * 16);
    expect(book.rows.map((one) => one.evidence.length)).toEqual([4, 1]);
  });

  test('what does not fit is refused', () => {
    expect(numberHex(0xff_ff_ff)).toBe('ffffff');
    expect(() => numberHex(0x1_00_00_00)).toThrow('does not fit');
    const result = {
      rule: 'CLAIM_TIMELY' as const,
      answer: 'PASS' as const,
      reason: 'TIMELY',
      evidence: [],
      hex: '000001',
    };
    const many = Array.from({ length: 256 }, () => result);
    expect(() => encodeVerdicts({ results: many, listed: '' })).toThrow('byte');
    expect(() => encodeVerdicts({ results: [{ ...result, hex: '' }], listed: '' })).toThrow('number');
  });
});
