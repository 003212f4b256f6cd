/** How grave an exception is and by when a person should have dealt with it (DOMAIN.md 8). */
import type { ExceptionCode } from '../model/verdict.ts';

export type Severity = 'HIGH' | 'MEDIUM' | 'LOW';

/** HIGH = money or compliance at stake now; MEDIUM = keeps dispenses from being decided; LOW = worth a look. */
export const SEVERITY: Record<ExceptionCode, Severity> = {
  PATIENT_AMBIGUOUS: 'MEDIUM',
  NDC_UNKNOWN: 'MEDIUM',
  NDC_AMBIGUOUS: 'MEDIUM',
  PRESCRIBER_UNKNOWN: 'MEDIUM',
  SITE_UNMAPPED: 'MEDIUM',
  PLAN_UNKNOWN: 'MEDIUM',
  REVERSAL_ORPHAN: 'LOW',
  MEF_MISMATCH: 'HIGH',
  ROSTER_OVERLAP: 'LOW',
  REGISTRATION_LAPSED: 'HIGH',
  RECORD_INVALID: 'LOW',
  PHARMACY_UNMAPPED: 'MEDIUM',
  DETERMINATION_HELD: 'MEDIUM',
  QUANTITY_IMPLAUSIBLE: 'LOW',
  OVER_REPLENISHED: 'HIGH',
  INVOICE_UNMATCHED: 'MEDIUM',
  INVOICE_TOTAL_MISMATCH: 'MEDIUM',
  NDC_SUBSTITUTED: 'MEDIUM',
  PRICE_VARIANCE: 'MEDIUM',
  ACCOUNT_MISMATCH: 'HIGH',
  ACK_MISSING: 'MEDIUM',
};

/** Days from opening to due, by severity. */
export const DUE_DAYS: Record<Severity, number> = { HIGH: 2, MEDIUM: 7, LOW: 30 };
