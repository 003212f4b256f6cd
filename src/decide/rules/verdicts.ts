/** Short ways to write a verdict, so that a rule reads as its cases. */
import type { Evidence, ExceptionCode, RuleCode, Verdict } from '../../model/verdict.ts';

/** Verdicts of the rules before this one in rule order. */
export type Earlier = ReadonlyMap<RuleCode, Verdict>;

/** A case that the verdict opens when it is the winner's. */
export interface Raised {
  code: ExceptionCode;
  subject: string;
}

export const pass = (reason: string, evidence: Evidence[] = []): Verdict => ({ answer: 'PASS', reason, evidence });

export const notApplicable = (reason: string, evidence: Evidence[] = []): Verdict => ({
  answer: 'NOT_APPLICABLE',
  reason,
  evidence,
});

const without = (answer: 'FAIL' | 'UNKNOWN', reason: string, evidence: Evidence[], exception?: Raised): Verdict =>
  exception ? { answer, reason, evidence, exception } : { answer, reason, evidence };

export const fail = (reason: string, evidence: Evidence[], exception?: Raised): Verdict =>
  without('FAIL', reason, evidence, exception);

export const unknown = (reason: string, evidence: Evidence[], exception?: Raised): Verdict =>
  without('UNKNOWN', reason, evidence, exception);
