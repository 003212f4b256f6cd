/** Rule 8: every open payer is looked at, the worst counts (DOMAIN.md 12.3, 12.30). */
import { describe, expect, test } from '@jest/globals';
import { medicaidCarve } from '../../src/decide/rules/medicaid-carve.ts';
import { type Changes, factsWith, said } from './facts-builder.ts';

type Case = [string, Changes, string];

describe('8 MEDICAID_CARVE', () => {
  const payer = (planType: 'MEDICAID_FFS' | 'MEDICAID_MCO' | 'UNKNOWN' | 'COMMERCIAL') => ({
    bin: '610001',
    pcn: '',
    group: '',
    plan: { id: 'pl2', planType, state: 'IL' },
  });
  const stranger = { bin: '999999', pcn: 'X', group: 'Y', plan: null };
  const cash = { bin: '', pcn: '', group: '', plan: null };
  const medicaid = (
    planType: 'MEDICAID_FFS' | 'MEDICAID_MCO',
    decision: 'CARVE_IN' | 'CARVE_OUT',
    changes: Changes = {},
  ): Changes => ({
    payers: [payer(planType)],
    medicaidPolicies: [{ id: 'm1', state: 'IL', planType, decision, from: null, to: null }],
    ...changes,
  });
  const row = (state: string, from: string | null = null, termination: string | null = null) => ({
    loaded: true,
    rows: [{ id: 'x1', state, from, termination }],
  });
  const listed = row('IL');
  const reported = { id: 'ph1', state: 'IL', carveInReportedFor: ['DSH1'] };
  const own: Changes = { arrangements: [{ id: 'p', kind: 'IN_HOUSE', id340b: 'DSH1', from: null, termination: null }] };
  const mismatch = 'MEF_MISMATCH DSH1|IL|2026Q1';
  test.each<Case>([
    ['commercial', {}, 'NOT_APPLICABLE NOT_MEDICAID'],
    ['cash', { payers: [cash] }, 'NOT_APPLICABLE CASH'],
    ['no plan row', { payers: [stranger] }, 'UNKNOWN PLAN_UNKNOWN PLAN_UNKNOWN 999999|X|Y'],
    ['plan type unknown', { payers: [payer('UNKNOWN')] }, 'UNKNOWN PLAN_TYPE_UNKNOWN'],
    ['no decision', { payers: [payer('MEDICAID_FFS')] }, 'UNKNOWN NO_MEDICAID_POLICY'],
    ['carved out', medicaid('MEDICAID_FFS', 'CARVE_OUT'), 'FAIL CARVED_OUT'],
    [
      'carved out although listed',
      medicaid('MEDICAID_FFS', 'CARVE_OUT', { exclusions: listed }),
      `FAIL CARVED_OUT_BUT_LISTED ${mismatch}`,
    ],
    [
      'carved in, quarter not loaded',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: { loaded: false, rows: [] } }),
      'UNKNOWN MEF_NOT_LOADED',
    ],
    ['carved in, not listed', medicaid('MEDICAID_FFS', 'CARVE_IN'), `FAIL NOT_ON_MEF ${mismatch}`],
    [
      'listed in another state',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: row('WI') }),
      `FAIL NOT_ON_MEF ${mismatch}`,
    ],
    [
      'listed from the day of service',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: row('IL', '2026-03-10', '2026-03-11'), pharmacy: reported }),
      'PASS CARVED_IN',
    ],
    [
      'listed later',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: row('IL', '2026-03-11'), pharmacy: reported }),
      `FAIL NOT_ON_MEF ${mismatch}`,
    ],
    [
      'its listing ended on the day of service',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: row('IL', '2026-01-01', '2026-03-10'), pharmacy: reported }),
      `FAIL NOT_ON_MEF ${mismatch}`,
    ],
    [
      'carved out, its listing has ended',
      medicaid('MEDICAID_FFS', 'CARVE_OUT', { exclusions: row('IL', null, '2026-03-01') }),
      'FAIL CARVED_OUT',
    ],
    [
      'carved in, contract not reported',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: listed }),
      'FAIL ARRANGEMENT_NOT_REPORTED',
    ],
    [
      'carved in and reported',
      medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: listed, pharmacy: reported }),
      'PASS CARVED_IN',
    ],
    ['carved in, in-house', medicaid('MEDICAID_FFS', 'CARVE_IN', { exclusions: listed, ...own }), 'PASS CARVED_IN'],
    ['managed care carved in', medicaid('MEDICAID_MCO', 'CARVE_IN'), 'PASS MCO_CARVED_IN'],
    ['managed care carved out', medicaid('MEDICAID_MCO', 'CARVE_OUT'), 'FAIL MCO_CARVED_OUT'],
    [
      'the worst payer counts',
      medicaid('MEDICAID_MCO', 'CARVE_OUT', { payers: [cash, payer('COMMERCIAL'), stranger, payer('MEDICAID_MCO')] }),
      'FAIL MCO_CARVED_OUT',
    ],
    [
      'unknown before not applicable',
      { payers: [payer('COMMERCIAL'), stranger] },
      'UNKNOWN PLAN_UNKNOWN PLAN_UNKNOWN 999999|X|Y',
    ],
  ])('%s', (_name, changes, expected) => {
    expect(said(medicaidCarve(factsWith(changes)))).toBe(expected);
  });

  test('of several decisions in force the latest start counts', () => {
    const decision = (id: string, from: string, what: 'CARVE_IN' | 'CARVE_OUT') => ({
      id,
      state: 'IL',
      planType: 'MEDICAID_MCO',
      decision: what,
      from,
      to: null,
    });
    const policies = [
      decision('m1', '2020-01-01', 'CARVE_OUT'),
      decision('m2', '2026-01-01', 'CARVE_IN'),
      decision('m3', '2026-03-11', 'CARVE_OUT'),
    ];
    expect(medicaidCarve(factsWith({ payers: [payer('MEDICAID_MCO')], medicaidPolicies: policies })).answer).toBe(
      'PASS',
    );
  });
});
