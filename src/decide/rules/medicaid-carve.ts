import { participates, quarterOf, within } from '../../model/calendar.ts';
import type { Evidence, Verdict } from '../../model/verdict.ts';
import type { Facts, MedicaidPolicyRow, PayerFacts } from './facts.ts';
import { inHouse } from './pharmacy-registered.ts';
import { fail, notApplicable, pass, unknown } from './verdicts.ts';

const WORST_FIRST: readonly Verdict['answer'][] = ['FAIL', 'UNKNOWN', 'PASS', 'NOT_APPLICABLE'];

/** Rule 8: no open payer is a Medicaid plan that the entity may not bill with 340B drugs; the worst payer counts (12.3, 12.30). */
export function medicaidCarve(facts: Facts): Verdict {
  const verdicts = carveByPayer(facts);
  const worst = WORST_FIRST.flatMap((answer) => verdicts.filter((verdict) => verdict.answer === answer))[0];
  if (!worst) return notApplicable('CASH');
  return { ...worst, evidence: verdicts.flatMap((verdict) => verdict.evidence) };
}

/** The same for each open payer: every one may open a case of its own. */
export const carveByPayer = (facts: Facts): Verdict[] => facts.payers.map((payer) => judgePayer(facts, payer));

function judgePayer(facts: Facts, payer: PayerFacts): Verdict {
  if (payer.bin === '') return notApplicable('CASH');
  const { plan } = payer;
  if (plan === null)
    return unknown('PLAN_UNKNOWN', [{ kind: 'claim', id: facts.dispense.claimId, note: 'NO_PLAN' }], {
      code: 'PLAN_UNKNOWN',
      subject: `${payer.bin}|${payer.pcn}|${payer.group}`,
    });
  const evidence: Evidence[] = [{ kind: 'plan', id: plan.id, note: plan.planType }];
  if (plan.planType === 'UNKNOWN') return unknown('PLAN_TYPE_UNKNOWN', evidence);
  if (plan.planType !== 'MEDICAID_FFS' && plan.planType !== 'MEDICAID_MCO')
    return notApplicable('NOT_MEDICAID', evidence);
  const policy = policyOf(facts, plan.state, plan.planType);
  if (!policy) return unknown('NO_MEDICAID_POLICY', evidence);
  evidence.push({ kind: 'medicaid_policy', id: policy.id, note: policy.decision });
  if (plan.planType === 'MEDICAID_FFS') return judgeFeeForService(facts, plan.state, policy, evidence);
  return policy.decision === 'CARVE_IN' ? pass('MCO_CARVED_IN', evidence) : fail('MCO_CARVED_OUT', evidence);
}

/** The row in force on the date of service with the latest start. */
const policyOf = (facts: Facts, state: string, planType: string): MedicaidPolicyRow | undefined =>
  facts.medicaidPolicies
    .filter((row) => row.state === state && row.planType === planType)
    .filter((row) => within(facts.dispense.dateOfService, row.from, row.to))
    .sort((a, b) => (b.from ?? '').localeCompare(a.from ?? ''))[0];

function judgeFeeForService(facts: Facts, state: string, policy: MedicaidPolicyRow, evidence: Evidence[]): Verdict {
  const { dateOfService } = facts.dispense;
  const quarter = quarterOf(dateOfService);
  const listed = facts.exclusions.rows.find(
    (row) => row.state === state && participates(dateOfService, row.from, row.termination),
  );
  const seen = listed ? [...evidence, { kind: 'medicaid_exclusion', id: listed.id, note: quarter }] : evidence;
  const mismatch = { code: 'MEF_MISMATCH' as const, subject: `${facts.entity.id340b}|${state}|${quarter}` };
  if (policy.decision === 'CARVE_OUT')
    return listed ? fail('CARVED_OUT_BUT_LISTED', seen, mismatch) : fail('CARVED_OUT', seen);
  if (!facts.exclusions.loaded) return unknown('MEF_NOT_LOADED', seen);
  if (!listed) return fail('NOT_ON_MEF', seen, mismatch);
  if (!inHouse(facts) && !reportedForCarveIn(facts))
    return fail('ARRANGEMENT_NOT_REPORTED', [
      ...seen,
      ...(facts.pharmacy ? [{ kind: 'pharmacy', id: facts.pharmacy.id, note: 'NOT_REPORTED_FOR_CARVE_IN' }] : []),
    ]);
  return pass('CARVED_IN', seen);
}

const reportedForCarveIn = (facts: Facts): boolean =>
  facts.pharmacy?.carveInReportedFor.some((id) => id === facts.entity.id340b || facts.entity.family.has(id)) ?? false;
