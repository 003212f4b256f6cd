/** What a rule answers, and what a determination says. A FAIL or UNKNOWN cannot be written without reason and evidence. */

/** The eleven rules in the order in which the first FAIL becomes the reason (DOMAIN.md 5). */
export const RULE_CODES = [
  'ENTITY_PARTICIPATING',
  'PHARMACY_REGISTERED',
  'PATIENT_MATCHED',
  'ENCOUNTER_QUALIFYING',
  'PRESCRIBER_AFFILIATED',
  'PRESCRIPTION_ORIGIN',
  'DRUG_COVERED',
  'MEDICAID_CARVE',
  'MANUFACTURER_POLICY',
  'CLAIM_TIMELY',
  'NOT_DUPLICATE',
] as const;
export type RuleCode = (typeof RULE_CODES)[number];

/** A row that a rule looked at: `encounter:<id>`, `roster:<id>` ... plus, for losing candidates, why they lost. */
export interface Evidence {
  kind: string;
  id: string;
  /** Short code of what this row said: `COVERS_WRITTEN_DATE`, `ENDED_BEFORE`, `INPATIENT`. */
  note?: string;
}

export type Verdict =
  | { answer: 'PASS' | 'NOT_APPLICABLE'; reason: string; evidence: Evidence[] }
  | {
      answer: 'FAIL' | 'UNKNOWN';
      reason: string;
      evidence: Evidence[];
      exception?: { code: ExceptionCode; subject: string };
    };

export type DeterminationStatus = 'ELIGIBLE' | 'PENDING' | 'HELD' | 'INELIGIBLE';
export type Bucket = '340B' | 'GPO' | 'WAC';

/** Codes of exception cases that what was received can open so far (DOMAIN.md 8). */
export const EXCEPTION_CODES = [
  'PATIENT_AMBIGUOUS',
  'NDC_UNKNOWN',
  'NDC_AMBIGUOUS',
  'PRESCRIBER_UNKNOWN',
  'SITE_UNMAPPED',
  'PLAN_UNKNOWN',
  'REVERSAL_ORPHAN',
  'MEF_MISMATCH',
  'ROSTER_OVERLAP',
  'REGISTRATION_LAPSED',
  'RECORD_INVALID',
  'PHARMACY_UNMAPPED',
  'DETERMINATION_HELD',
  'QUANTITY_IMPLAUSIBLE',
  'OVER_REPLENISHED',
  'INVOICE_UNMATCHED',
  'INVOICE_TOTAL_MISMATCH',
  'NDC_SUBSTITUTED',
  'PRICE_VARIANCE',
  'ACCOUNT_MISMATCH',
] as const;
/** Codes that tell how an interface does, not what was said over it. */
export type InterfaceCode = 'ACK_MISSING';
export type ExceptionCode = (typeof EXCEPTION_CODES)[number] | InterfaceCode;
