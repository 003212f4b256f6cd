/** Which exception causes a decided dispense raises (DOMAIN.md 12.20 to 12.33, 12.39, 12.40). Pure. */
import type { Cause } from '../db/exceptions.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Judgement } from './judge.ts';
import { carveByPayer } from './rules/medicaid-carve.ts';
import type { Raised } from './rules/verdicts.ts';

/** Sentences for people, without patient values; `{entity}` and `{ndc}` are public codes. */
const SENTENCES: Record<string, string> = {
  PATIENT_AMBIGUOUS: 'Several EHR patients match the claim; none is taken.',
  NDC_UNKNOWN: 'The NDC is not in the FDA directory.',
  NDC_AMBIGUOUS: 'The ten-digit NDC has no or several expansions in the FDA directory.',
  PRESCRIBER_UNKNOWN: 'The prescriber id is not a valid NPI or is on no roster.',
  PLAN_UNKNOWN: 'No plan row covers this BIN, PCN and group on the date of service.',
  MEF_MISMATCH: 'The Medicaid decision and the Medicaid Exclusion File of the quarter disagree.',
  REGISTRATION_LAPSED: 'The arrangement with the pharmacy ended before the date of service.',
};

/** Causes of an open dispense, from the winning entity's judgement. */
export function causesOf(dispenseId: string, winner: Judgement, dollars: string | null): Cause[] {
  const { facts, status } = winner;
  const cause = (code: Cause['code'], subject: string, detail: string): Cause => ({
    code,
    subject,
    source: `dispense:${dispenseId}`,
    detail,
    dollars,
    dispenseId,
  });
  const raised: Raised[] = [];
  const look = (verdict: Verdict): void => {
    if ('exception' in verdict && verdict.exception) raised.push(verdict.exception);
  };
  winner.verdicts.forEach(look);
  // Of several payers the rule tells the worst; each may open a case of its own.
  if (facts.payers.length > 1) carveByPayer(facts).forEach(look);
  const undecided = status === 'PENDING' || status === 'HELD';
  const causes = raised
    .filter(({ code }) => code !== 'PATIENT_AMBIGUOUS' || undecided)
    .map(({ code, subject }) => cause(code, subject, SENTENCES[code] ?? code));
  if (status === 'HELD')
    causes.push(
      cause(
        'DETERMINATION_HELD',
        facts.dispense.subject,
        `Held: ${winner.reason} is unknown and the waiting window is over.`,
      ),
    );
  if (implausible(winner))
    causes.push(
      cause(
        'QUANTITY_IMPLAUSIBLE',
        facts.dispense.subject,
        `More than ${facts.policy.implausiblePackages} packages in one fill.`,
      ),
    );
  if (causes.length < 2) return causes;
  return [...new Map(causes.map((one) => [`${one.code}|${one.subject}`, one])).values()];
}

/** 12.39: quantities are exact decimals; the comparison is with a product of both, in thousandths. */
function implausible({ facts }: Judgement): boolean {
  const size = facts.drug?.packageSize ?? null;
  const { quantity } = facts.dispense;
  if (size === null || quantity === null) return false;
  return (
    thousandths(quantity) > (thousandths(size) * BigInt(Math.round(facts.policy.implausiblePackages * 1000))) / 1000n
  );
}

/** `30.5` -> 30500n. */
function thousandths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(`${whole}${fraction.padEnd(3, '0').slice(0, 3)}`);
}
