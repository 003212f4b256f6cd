/** Status, bucket and winner from eleven verdicts (DOMAIN.md 5, 12.1, 12.2, 12.9), and the cases that the winner opens. */
import { describe, expect, test } from '@jest/globals';
import { judge, type Judgement } from '../../src/decide/judge.ts';
import { causesOf } from '../../src/decide/raise-causes.ts';
import { type Changes, entityOf, factsWith, visit } from './facts-builder.ts';

const one = (changes: Changes = {}): Judgement => {
  const [judgement] = judge([factsWith(changes)]);
  if (!judgement) throw new Error('no judgement');
  return judgement;
};
const brief = (judgement: Judgement): string =>
  [
    judgement.status,
    judgement.reason,
    judgement.bucket,
    judgement.orderable ? 'orderable' : 'blocked',
    judgement.provisional ? 'provisional' : 'final',
  ].join(' ');

const inHouse: Changes = {
  arrangements: [{ id: 'p', kind: 'IN_HOUSE', id340b: 'DSH1', from: null, termination: null }],
};
const restricted: Changes = {
  restrictions: [{ id: 'm', exemptEntityTypes: [], exemptStates: [], designated: [], from: null, to: null }],
};

describe('status and bucket', () => {
  test.each<[string, Changes, string]>([
    ['eligible', {}, 'ELIGIBLE  340B orderable final'],
    ['a FAIL', { roster: [] }, 'INELIGIBLE PRESCRIBER_AFFILIATED  orderable final'],
    [
      'the first FAIL is the reason',
      { roster: [], arrangements: [] },
      'INELIGIBLE PHARMACY_REGISTERED  orderable final',
    ],
    [
      'FAIL before UNKNOWN',
      { roster: [], visits: [], windowOpen: true },
      'INELIGIBLE PRESCRIBER_AFFILIATED  orderable provisional',
    ],
    ['UNKNOWN in the window', { visits: [], windowOpen: true }, 'PENDING ENCOUNTER_QUALIFYING  orderable provisional'],
    ['UNKNOWN after it', { visits: [visit({ site: null })] }, 'HELD ENCOUNTER_QUALIFYING  orderable final'],
    [
      'absence after it with a late feed',
      { visits: [], ehrLate: true },
      'HELD ENCOUNTER_QUALIFYING  orderable provisional',
    ],
    ['in-house at a DSH', { ...inHouse, roster: [] }, 'INELIGIBLE PRESCRIBER_AFFILIATED WAC orderable final'],
    [
      'in-house elsewhere',
      { ...inHouse, roster: [], entity: entityOf('DSH1', { entityType: 'RRC' }) },
      'INELIGIBLE PRESCRIBER_AFFILIATED GPO orderable final',
    ],
    ['in-house, held', { ...inHouse, visits: [visit({ site: null })] }, 'HELD ENCOUNTER_QUALIFYING  orderable final'],
    ['restricted by the manufacturer', restricted, 'ELIGIBLE  340B blocked final'],
    [
      'restricted and disqualified',
      { ...restricted, policy: { manufacturerRestriction: 'DISQUALIFIES' } },
      'INELIGIBLE MANUFACTURER_POLICY  blocked final',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(brief(one(changes))).toBe(expected);
  });
});

describe('the winner', () => {
  const at = (id340b: string, changes: Changes = {}) =>
    factsWith({
      entity: entityOf(id340b),
      visits: [visit({ site: `${id340b}A` })],
      roster: [{ id: 'r', entity: id340b, affiliation: 'STAFF', from: null, to: null }],
      ...changes,
    });
  const winnerOf = (...candidates: Parameters<typeof judge>[0]): string[] => {
    const answers = [candidates, candidates.toReversed()].map((order) => {
      const judgements = judge(order);
      expect(judgements.filter((judgement) => judgement.winning)).toHaveLength(1);
      return judgements.find((judgement) => judgement.winning)?.entity ?? '';
    });
    return [...new Set(answers)];
  };
  test('is ELIGIBLE before PENDING before HELD before INELIGIBLE', () => {
    const unclear = { visits: [visit({ site: null })] };
    expect(winnerOf(at('B'), at('A', { ...unclear, windowOpen: true }))).toEqual(['B']);
    expect(winnerOf(at('B', { ...unclear, windowOpen: true }), at('A', unclear))).toEqual(['B']);
    expect(winnerOf(at('B', unclear), at('A', { visits: [] }))).toEqual(['B']);
  });
  test('then has the latest visit, then the deepest first FAIL, then the lowest 340B ID', () => {
    expect(winnerOf(at('B', { visits: [visit({ site: 'BA', startDate: '2026-03-02' })] }), at('A'))).toEqual(['B']);
    expect(winnerOf(at('B', { visits: [] }), at('A', { arrangements: [], visits: [] }))).toEqual(['B']);
    expect(winnerOf(at('B'), at('A'))).toEqual(['A']);
  });
  test('is the only ELIGIBLE one and the only one with a bucket', () => {
    const judgements = judge([at('B'), at('A')]);
    expect(judgements.map((judgement) => [judgement.entity, brief(judgement)])).toEqual([
      ['B', 'INELIGIBLE NOT_DUPLICATE  orderable final'],
      ['A', 'ELIGIBLE  340B orderable final'],
    ]);
  });
});

describe('cases', () => {
  const cases = (changes: Changes): string[] =>
    causesOf('d1', one(changes), '12.50').map((cause) => `${cause.code} ${cause.subject}`);
  const subject = '1234567|77|0|2026-03-10';
  test('none for an eligible dispense', () => expect(cases({})).toEqual([]));
  test('HELD always has one', () =>
    expect(cases({ visits: [visit({ site: null })] })).toEqual([`DETERMINATION_HELD ${subject}`]));
  test('ambiguity only while nothing else decides', () => {
    const several: Changes = { patient: { kind: 'SEVERAL', method: 'NAME', patientIds: ['p', 'q'] }, windowOpen: true };
    expect(cases(several)).toEqual([`PATIENT_AMBIGUOUS ${subject}`]);
    expect(cases({ ...several, arrangements: [] })).toEqual([]);
  });
  test('every unknown payer has its own, also beside a FAIL', () => {
    const stranger = (bin: string) => ({ bin, pcn: '', group: '', plan: null });
    expect(cases({ arrangements: [], payers: [stranger('1'), stranger('2')] })).toEqual([
      'PLAN_UNKNOWN 1||',
      'PLAN_UNKNOWN 2||',
    ]);
  });
  test('more than ten packages are implausible', () => {
    expect(cases({ dispense: { quantity: '1000.000' } })).toEqual([]);
    expect(cases({ dispense: { quantity: '1000.001' } })).toEqual([`QUANTITY_IMPLAUSIBLE ${subject}`]);
  });
});
