/**
 * What a rule may look at: one dispense judged for one candidate entity, with the rows that bear on it. Gathered set-based
 * by the stage; here only their shapes. Dates are `YYYY-MM-DD`, ids are row ids for the evidence.
 */
import type { Policy } from '../../model/policy.ts';
import type { PlanType } from '../../model/records.ts';

/** What the text of a product id came to. LISTED = in the directory. */
export interface NdcResolution {
  kind: 'LISTED' | 'UNKNOWN' | 'AMBIGUOUS' | 'MISSING';
  /** Set when the text alone or the directory tells; also for an exact code that is not listed. */
  ndc11: string | null;
}

/** The dispense as its primary claim tells it. */
export interface DispenseFacts {
  /** `NCPDP|Rx|fill|date`: subject of its exception cases (12.40). */
  subject: string;
  ncpdp: string;
  rxNumber: string;
  fillNumber: number;
  dateOfService: string;
  ndcText: string | null;
  ndc: NdcResolution;
  quantity: string | null;
  /** Of the lowest known fill (12.26). */
  writtenDate: string | null;
  prescriberId: string | null;
  claimId: string;
  /** Local date of the first receipt of the open claim (12.32). */
  receivedDate: string;
}

/** A covered entity or site of OPAIS. */
export interface RegisteredEntity {
  id: string;
  id340b: string;
  entityType: string;
  participating: boolean;
  startDate: string | null;
  /** First day that no longer counts (12.10). */
  terminationDate: string | null;
}

/** A candidate: a parent entity of the tenant with its family. */
export interface EntityFacts {
  id340b: string;
  /** The parent's own OPAIS row; null = not in OPAIS as loaded. */
  registration: RegisteredEntity | null;
  /** Parent and child sites by 340B ID. */
  family: ReadonlyMap<string, RegisteredEntity>;
}

export interface PharmacyFacts {
  id: string;
  state: string;
  /** 340B IDs for which the arrangement is reported for Medicaid carve-in. */
  carveInReportedFor: string[];
}

/** An arrangement row of the entity's family with the pharmacy, in force or not. */
export interface Arrangement {
  id: string;
  kind: 'CONTRACT' | 'IN_HOUSE';
  id340b: string;
  from: string | null;
  /** First day that no longer counts. */
  termination: string | null;
}

export interface PatientRow {
  id: string;
  sourceSystem: string;
}

/** Which EHR patient the claim's patient is, and how that was found (12.21). */
export type PatientMatch =
  | { kind: 'MATCHED'; method: 'IDENTIFIER' | 'NAME' | 'PRESCRIPTION'; patientId: string; prescriptionId?: string }
  | { kind: 'SEVERAL'; method: 'IDENTIFIER' | 'NAME'; patientIds: string[] }
  | { kind: 'NONE' }
  /** The claim says too little to look for anybody. */
  | { kind: 'NO_KEY' };

/** A visit of the matched patient (or the one that the prescription names). */
export interface VisitRow {
  id: string;
  sourceSystem: string;
  visitNumber: string;
  patientId: string | null;
  class: string;
  status: string;
  startedAt: string | null;
  startDate: string | null;
  site: string | null;
}

/** The EHR prescription that matches the claim (12.28). */
export interface PrescriptionMatch {
  id: string;
  sourceSystem: string;
  /** Visit that it names. */
  visitNumber: string | null;
  /** That visit, once it has arrived. */
  visit: VisitRow | null;
}

export interface RosterRow {
  id: string;
  entity: string;
  affiliation: string;
  from: string | null;
  to: string | null;
}

/** A referral of the matched patient that is in force, with the consult notes that came back. */
export interface ReferralRow {
  id: string;
  sourceSystem: string;
  number: string;
  orderedDate: string;
  performerNpi: string | null;
  notes: { id: string; authorNpi: string | null }[];
}

export interface DrugFacts {
  packageId: string;
  productId: string | null;
  productType: string;
  /** '', CII, CIII, CIV, CV. */
  schedule: string;
  /** Billing units in a package. */
  packageSize: string | null;
  /** Marketing period: the package's dates, else the product's. */
  from: string | null;
  to: string | null;
  orphan: boolean;
}

/** One open payer with the plan that its BIN, PCN and group mean on the date of service; null = none known. */
export interface PayerFacts {
  bin: string;
  pcn: string;
  group: string;
  plan: { id: string; planType: PlanType; state: string } | null;
}

export interface MedicaidPolicyRow {
  id: string;
  state: string;
  planType: string;
  decision: 'CARVE_IN' | 'CARVE_OUT';
  from: string | null;
  to: string | null;
}

export interface ExclusionFacts {
  /** The Medicaid Exclusion File of the quarter is loaded. */
  loaded: boolean;
  /** Rows of the family in that quarter. */
  rows: ExclusionRow[];
}

/** A row of the Medicaid Exclusion File. */
export interface ExclusionRow {
  id: string;
  state: string;
  from: string | null;
  /** First day that no longer counts. */
  termination: string | null;
}

export interface RestrictionRow {
  id: string;
  exemptEntityTypes: string[];
  exemptStates: string[];
  designated: string[];
  from: string | null;
  to: string | null;
}

/** All of it. */
export interface Facts {
  policy: Policy;
  /** The decision date is not later than date of service + waitDays (12.6). */
  windowOpen: boolean;
  /** The entity's EHR feed is LATE. */
  ehrLate: boolean;
  dispense: DispenseFacts;
  entity: EntityFacts;
  pharmacy: PharmacyFacts | null;
  arrangements: Arrangement[];
  patient: PatientMatch;
  prescription: PrescriptionMatch | null;
  /** Visits of the matched patient in the entity's EHRs within the look-back bounds. */
  visits: VisitRow[];
  /** Referrals of the matched patient in the entity's EHRs within the same bounds; none unless the policy lets them count. */
  referrals: ReferralRow[];
  /** All current roster rows of the prescriber in the tenant. */
  roster: RosterRow[];
  drug: DrugFacts | null;
  payers: PayerFacts[];
  /** Current rows of the entity (or its family). */
  medicaidPolicies: MedicaidPolicyRow[];
  exclusions: ExclusionFacts;
  /** Current rows of the drug's labeler. */
  restrictions: RestrictionRow[];
}

/** "May still deliver" (12.6): while it holds, absence of an EHR fact proves nothing. */
export const mayStillDeliver = (facts: Facts): boolean => facts.windowOpen || facts.ehrLate;
