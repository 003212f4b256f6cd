/** One dispense, all its candidate entities: eleven verdicts each, a status, and which entity's answer counts (12.1, 12.2). */
import type { Bucket, DeterminationStatus, RuleCode, Verdict } from '../model/verdict.ts';
import type { Facts, VisitRow } from './rules/facts.ts';
import { qualifyingVisit } from './rules/encounter-qualifying.ts';
import { RULES } from './rules/index.ts';
import { notDuplicate } from './rules/not-duplicate.ts';
import { inHouse } from './rules/pharmacy-registered.ts';

/** The answer for one candidate entity. */
export interface Judgement {
  facts: Facts;
  entity: string;
  /** All eleven, in rule order. */
  verdicts: Map<RuleCode, Verdict>;
  status: DeterminationStatus;
  /** First FAIL that counts, else first UNKNOWN; null when ELIGIBLE. */
  reason: RuleCode | null;
  /** Only the winner's has one (12.9). */
  bucket: Bucket | null;
  orderable: boolean;
  /** May change by itself as time passes or a late feed delivers (12.6). */
  provisional: boolean;
  visit: VisitRow | null;
  winning: boolean;
}

const STATUS_ORDER: readonly DeterminationStatus[] = ['ELIGIBLE', 'PENDING', 'HELD', 'INELIGIBLE'];

/** Judges all candidates of one dispense; exactly one of the answers is winning. */
export function judge(candidates: readonly Facts[]): Judgement[] {
  const judgements = candidates.map(judgeRules);
  const eligible = judgements.filter((one) => one.status === 'ELIGIBLE').map((one) => one.entity);
  const winner = judgements.length > 1 ? [...judgements].sort(byClaimToDispense)[0] : judgements[0];
  for (const one of judgements) {
    one.winning = one === winner;
    one.verdicts.set('NOT_DUPLICATE', notDuplicate(one.entity, eligible, winner?.entity ?? ''));
    // Only a failure of this rule can say something else than rules 1 to 10 did.
    if (one.verdicts.get('NOT_DUPLICATE')?.answer === 'FAIL') settle(one);
    one.bucket = one.winning ? bucketOf(one) : null;
  }
  return judgements;
}

function judgeRules(facts: Facts): Judgement {
  const verdicts = new Map<RuleCode, Verdict>();
  for (const [code, rule] of RULES) verdicts.set(code, rule(facts, verdicts));
  const judgement: Judgement = {
    facts,
    entity: facts.entity.id340b,
    verdicts,
    status: 'ELIGIBLE',
    reason: null,
    bucket: null,
    orderable: verdicts.get('MANUFACTURER_POLICY')?.answer !== 'FAIL',
    provisional: false,
    visit: qualifyingVisit(facts),
    winning: false,
  };
  settle(judgement);
  return judgement;
}

/** Status and reason from the verdicts: any FAIL that counts, else any UNKNOWN, else ELIGIBLE. */
function settle(judgement: Judgement): void {
  const { facts, verdicts } = judgement;
  let failed: RuleCode | undefined;
  let unclear: RuleCode | undefined;
  for (const [code, { answer }] of verdicts) {
    if (answer === 'FAIL' && failed === undefined && failureCounts(facts, code)) failed = code;
    else if (answer === 'UNKNOWN') unclear ??= code;
  }
  judgement.reason = failed ?? unclear ?? null;
  judgement.status = failed ? 'INELIGIBLE' : unclear ? (facts.windowOpen ? 'PENDING' : 'HELD') : 'ELIGIBLE';
  judgement.provisional = facts.windowOpen
    ? unclear !== undefined
    : facts.ehrLate && ABSENCE.some((code) => verdicts.get(code)?.answer === 'UNKNOWN');
}

/** The rules that take the absence of an EHR fact for an answer once nothing more can be delivered. */
const ABSENCE: readonly RuleCode[] = ['PATIENT_MATCHED', 'ENCOUNTER_QUALIFYING', 'PRESCRIPTION_ORIGIN'];

/** A manufacturer's restriction takes away the price, not the patient, unless policy says otherwise (rule 9). */
const failureCounts = (facts: Facts, code: RuleCode): boolean =>
  code !== 'MANUFACTURER_POLICY' || facts.policy.manufacturerRestriction === 'DISQUALIFIES';

/** Where the quantity accrues (12.9): nothing for what is not decided and for a contract pharmacy's own stock. */
function bucketOf({ facts, status }: Judgement): Bucket | null {
  if (status === 'ELIGIBLE') return '340B';
  if (status !== 'INELIGIBLE' || !inHouse(facts)) return null;
  const type = facts.entity.registration?.entityType ?? '';
  return facts.policy.gpoProhibitedTypes.includes(type) ? 'WAC' : 'GPO';
}

/** Order of the claim to a dispense: status, latest chosen visit, furthest first FAIL, lowest 340B ID (12.1). */
function byClaimToDispense(a: Judgement, b: Judgement): number {
  const rank = (one: Judgement): number => STATUS_ORDER.indexOf(one.status);
  const start = (one: Judgement): number => Date.parse(one.visit?.startedAt ?? one.visit?.startDate ?? '') || -Infinity;
  const depth = (one: Judgement): number =>
    one.status === 'INELIGIBLE' && one.reason ? [...one.verdicts.keys()].indexOf(one.reason) : 0;
  return (
    rank(a) - rank(b) ||
    (start(b) === start(a) ? 0 : start(b) - start(a)) ||
    depth(b) - depth(a) ||
    (a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : 0)
  );
}
