/**
 * Telling later stages what changed. Both functions run in the transaction that writes the facts: a change that is visible
 * has its facts visible too, and a marked key's row lock makes a worker wait for the marker's commit.
 */

/** Kinds of facts whose arrival or change can alter an answer; the comment says what `key` names. */
export type ChangeKind =
  /** `ncpdp|rxNumber` (or `NPI:<npi>|rxNumber`): claims or responses of a prescription at a pharmacy. */
  | 'CLAIM'
  /** Patient id: demographics or identifiers. */
  | 'PATIENT'
  /** Encounter id. */
  | 'VISIT'
  /** Prescription (order) id. */
  | 'PRESCRIPTION'
  /** Patient id: a referral of theirs, or a note that came back. */
  | 'REFERRAL'
  /** NPI of the prescriber. */
  | 'ROSTER'
  /** `facility|location`. */
  | 'CROSSWALK'
  /** NCPDP id. */
  | 'PHARMACY'
  /** BIN. */
  | 'PLAN'
  /** 340B ID. */
  | 'MEDICAID_POLICY'
  /** Five-digit labeler. */
  | 'MANUFACTURER'
  /** `wholesaler|accountNumber`. */
  | 'ACCOUNT'
  /** NDC-11. */
  | 'PRICE'
  /** 340B ID of the entity or site (OPAIS row, contract pharmacy, MEF row). */
  | 'ENTITY'
  /** Nine-digit product (FDA product, package, orphan row). */
  | 'DRUG'
  /** '': everything must be judged again (policy version, bulk load of public data). */
  | 'ALL';

/** One change; duplicates inside a transaction may be collapsed by the caller. */
export interface Change {
  kind: ChangeKind;
  key: string;
  /** File of master or reference data that it came by: what it marks is counted for that file. */
  rawId?: string;
}
