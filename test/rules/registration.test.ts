/** Rules 1, 2, 7, 9, 10 and 11: entity, pharmacy, drug, manufacturer, time and the other candidates (DOMAIN.md 12.20, 12.29, 12.31, 12.32, 12.2). */
import { describe, expect, test } from '@jest/globals';
import { claimTimely } from '../../src/decide/rules/claim-timely.ts';
import { drugCovered } from '../../src/decide/rules/drug-covered.ts';
import { entityParticipating } from '../../src/decide/rules/entity-participating.ts';
import { manufacturerPolicy } from '../../src/decide/rules/manufacturer-policy.ts';
import { notDuplicate } from '../../src/decide/rules/not-duplicate.ts';
import { pharmacyRegistered } from '../../src/decide/rules/pharmacy-registered.ts';
import { addDays } from '../../src/model/calendar.ts';
import { type Changes, drug, entityOf, factsWith, said } from './facts-builder.ts';

type Case = [string, Changes, string];

describe('1 ENTITY_PARTICIPATING', () => {
  const entity = (values: Parameters<typeof entityOf>[1]): Changes => ({ entity: entityOf('DSH1', values) });
  test.each<Case>([
    ['covers', {}, 'PASS PARTICIPATING'],
    ['first day counts', entity({ startDate: '2026-03-10' }), 'PASS PARTICIPATING'],
    ['open start', entity({ startDate: null }), 'PASS PARTICIPATING'],
    ['starts later', entity({ startDate: '2026-03-11' }), 'FAIL NOT_PARTICIPATING'],
    ['the termination date no longer counts', entity({ terminationDate: '2026-03-10' }), 'FAIL NOT_PARTICIPATING'],
    ['the day before it does', entity({ terminationDate: '2026-03-11', participating: false }), 'PASS PARTICIPATING'],
    ['ended, nobody says when', entity({ participating: false }), 'UNKNOWN TERMINATION_DATE_MISSING'],
    [
      'not in OPAIS',
      { entity: { id340b: 'DSH1', registration: null, family: new Map() } },
      'UNKNOWN ENTITY_NOT_IN_OPAIS',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(said(entityParticipating(factsWith(changes)))).toBe(expected);
  });
});

describe('2 PHARMACY_REGISTERED', () => {
  const contract = (from: string | null, termination: string | null): Changes => ({
    arrangements: [{ id: 'a1', kind: 'CONTRACT', id340b: 'DSH1A', from, termination }],
  });
  test.each<Case>([
    ['contract in force', {}, 'PASS CONTRACT'],
    ['begins that day', contract('2026-03-10', null), 'PASS CONTRACT'],
    [
      'in-house',
      { arrangements: [{ id: 'p', kind: 'IN_HOUSE', id340b: 'DSH1', from: '2020-01-01', termination: null }] },
      'PASS IN_HOUSE',
    ],
    [
      'terminated that day',
      contract('2020-01-01', '2026-03-10'),
      'FAIL REGISTRATION_LAPSED REGISTRATION_LAPSED DSH1|1234567',
    ],
    ['begins later', contract('2026-04-01', null), 'FAIL NOT_YET_REGISTERED'],
    ['no row', { arrangements: [] }, 'FAIL NO_ARRANGEMENT'],
  ])('%s', (_name, changes, expected) => {
    expect(said(pharmacyRegistered(factsWith(changes)))).toBe(expected);
  });
});

describe('7 DRUG_COVERED', () => {
  const ndc = (kind: 'UNKNOWN' | 'AMBIGUOUS' | 'MISSING', text: string | null): Changes => ({
    drug: null,
    dispense: { ndcText: text, ndc: { kind, ndc11: null } },
  });
  test.each<Case>([
    ['covered', {}, 'PASS COVERED'],
    ['over the counter', { drug: drug({ productType: 'HUMAN OTC DRUG' }) }, 'FAIL NOT_PRESCRIPTION_ONLY'],
    ['last day counts', { drug: drug({ to: '2026-03-10' }) }, 'PASS COVERED'],
    ['marketing ended', { drug: drug({ to: '2026-03-09' }) }, 'FAIL NOT_MARKETED'],
    ['marketing not begun', { drug: drug({ from: '2026-03-11' }) }, 'FAIL NOT_MARKETED'],
    ['orphan at a DSH', { drug: drug({ orphan: true }) }, 'PASS COVERED'],
    [
      'orphan at an RRC',
      { drug: drug({ orphan: true }), entity: entityOf('RRC2', { entityType: 'RRC' }) },
      'FAIL ORPHAN_DRUG',
    ],
    ['product not listed', { drug: drug({ productId: null }) }, 'UNKNOWN PRODUCT_UNKNOWN'],
    ['unknown', ndc('UNKNOWN', '12345678901'), 'UNKNOWN NDC_UNKNOWN NDC_UNKNOWN 12345678901'],
    ['ambiguous', ndc('AMBIGUOUS', '1234567890'), 'UNKNOWN NDC_AMBIGUOUS NDC_AMBIGUOUS 1234567890'],
    ['missing', ndc('MISSING', null), 'UNKNOWN NDC_MISSING'],
  ])('%s', (_name, changes, expected) => {
    expect(said(drugCovered(factsWith(changes)))).toBe(expected);
  });
});

describe('9 MANUFACTURER_POLICY', () => {
  const restriction = (values: object = {}): Changes => ({
    restrictions: [
      { id: 'm1', exemptEntityTypes: [], exemptStates: [], designated: [], from: '2026-01-01', to: null, ...values },
    ],
  });
  test.each<Case>([
    ['none', {}, 'PASS NO_RESTRICTION'],
    ['over', restriction({ to: '2026-03-09' }), 'PASS NO_RESTRICTION'],
    ['in force', restriction(), 'FAIL RESTRICTED'],
    ['exempt type', restriction({ exemptEntityTypes: ['DSH'] }), 'PASS EXEMPT'],
    ['exempt state', restriction({ exemptStates: ['IL'] }), 'PASS EXEMPT'],
    ['designated', restriction({ designated: ['DSH1:1234567'] }), 'PASS EXEMPT'],
    ['another pharmacy designated', restriction({ designated: ['DSH1:7654321'] }), 'FAIL RESTRICTED'],
    ['state unknown', { ...restriction({ exemptStates: ['IL'] }), pharmacy: null }, 'UNKNOWN STATE_OR_TYPE_UNKNOWN'],
    ['NDC unresolved', { dispense: { ndc: { kind: 'AMBIGUOUS', ndc11: null } } }, 'UNKNOWN NDC_UNRESOLVED'],
    [
      'in-house',
      {
        ...restriction(),
        arrangements: [{ id: 'p', kind: 'IN_HOUSE', id340b: 'DSH1', from: null, termination: null }],
      },
      'NOT_APPLICABLE IN_HOUSE',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(said(manufacturerPolicy(factsWith(changes)))).toBe(expected);
  });
});

describe('10 CLAIM_TIMELY', () => {
  const schedule = (code: string, dispense: NonNullable<Changes['dispense']> = {}): Changes => ({
    drug: drug({ schedule: code }),
    dispense,
  });
  const written = (days: number): NonNullable<Changes['dispense']> => ({ writtenDate: addDays('2026-03-10', -days) });
  test.each<Case>([
    ['in time', {}, 'PASS TIMELY'],
    ['received on the last day', { dispense: { receivedDate: '2027-03-10' } }, 'PASS TIMELY'],
    ['received too late', { dispense: { receivedDate: '2027-03-11' } }, 'FAIL RECEIVED_TOO_LATE'],
    ['last day of a year', { dispense: written(365) }, 'PASS TIMELY'],
    ['expired', { dispense: written(366) }, 'FAIL PRESCRIPTION_EXPIRED'],
    ['schedule IV, last day', schedule('CIV', written(180)), 'PASS TIMELY'],
    ['schedule IV expired', schedule('CIV', written(181)), 'FAIL PRESCRIPTION_EXPIRED'],
    ['schedule V lives a year', schedule('CV', written(365)), 'PASS TIMELY'],
    ['schedule II', schedule('CII'), 'PASS TIMELY'],
    ['schedule II refilled', schedule('CII', { fillNumber: 1 }), 'FAIL SCHEDULE_II_REFILL'],
    ['filled before written', { dispense: { writtenDate: '2026-03-11' } }, 'FAIL FILLED_BEFORE_WRITTEN'],
    ['written date missing', { dispense: { writtenDate: null } }, 'UNKNOWN WRITTEN_DATE_MISSING'],
    [
      'written date missing, received too late',
      { dispense: { writtenDate: null, receivedDate: '2027-03-11' } },
      'FAIL RECEIVED_TOO_LATE',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(said(claimTimely(factsWith(changes)))).toBe(expected);
  });
});

test('11 NOT_DUPLICATE: of several eligible candidates only the winner passes', () => {
  expect(notDuplicate('A', ['A'], 'A').answer).toBe('PASS');
  expect(notDuplicate('A', ['A', 'B'], 'A').answer).toBe('PASS');
  expect(said(notDuplicate('B', ['A', 'B'], 'A'))).toBe('FAIL ANOTHER_ENTITY_WINS');
  expect(notDuplicate('C', ['A', 'B'], 'A').answer).toBe('PASS');
});
