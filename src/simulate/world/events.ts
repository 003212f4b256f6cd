/** What happens in the world: visits, orders, dispenses. The teller records them; the files and messages are made of them. */
import type { ClaimCode } from '../../model/records.ts';
import type { SimDrug } from './drugs.ts';
import type { SimPharmacy, SimPlan } from './organisation.ts';
import type { SimPatient, SimPrescriber } from './people.ts';

/** A local date and time, `YYYY-MM-DDTHH:mm:ss`. */
export type LocalTime = string;

/** One message about a visit. */
export interface VisitStep {
  trigger: 'A01' | 'A03' | 'A04' | 'A06' | 'A07' | 'A08' | 'A11' | 'A23' | 'A37' | 'A40' | 'A45' | 'A50' | 'S26';
  at: LocalTime;
  /** PV1-3.1 of this message when it differs from the visit's last state. */
  location?: string;
  /** PV1-2 of this message, likewise. */
  patientClass?: string;
  /** PID of this message, likewise. */
  patient?: SimPatient;
  /** PV1-19 of this message: the new number (A50). */
  number?: string;
  /** MRG-1 of merges and moves; the second PID of A37. */
  prior?: SimPatient;
}

/** A visit. */
export interface SimVisit {
  number: string;
  patient: SimPatient;
  /** PV1-2. */
  patientClass: string;
  /** PV1-3.1. */
  location: string;
  start: LocalTime;
  attending: SimPrescriber;
  steps: VisitStep[];
}

/** A prescription in the EHR. */
export interface SimOrder {
  number: string;
  patient: SimPatient;
  /** PV1-19 of the message; '' = no PV1. */
  visit: string;
  drug: SimDrug;
  quantity: string;
  refills: number;
  /** RXE-15; '' = not sent. */
  rx: string;
  written: LocalTime;
  prescriber: SimPrescriber;
}

/** One claim transaction: what differs from the dispense. */
export interface SimTransaction {
  code: ClaimCode;
  /** 112-AN; '' = the answer never comes. */
  status: string;
  /** Day of the file it stands in. */
  day: string;
  /** When it was adjudicated. */
  at: LocalTime;
  plan?: SimPlan;
  quantity?: string;
  otherCoverage?: number;
}

/** What the hub should say about a dispense on `today`, by construction. */
export type Outcome = 'ELIGIBLE' | 'PENDING' | 'HELD' | 'INELIGIBLE' | 'REVERSED' | 'NEVER_OPENED';

/** A dispense and its claims. */
export interface SimDispense {
  story: string;
  outcome: Outcome;
  /** 340B ID of the entity that should win. */
  entity: string;
  pharmacy: SimPharmacy;
  rx: string;
  fill: number;
  dateOfService: string;
  drug: SimDrug;
  /** 407-D7 as sent. */
  ndcText: string;
  quantity: string;
  daysSupply: number;
  written: string;
  prescriberId: string | null;
  patient: SimPatient;
  /** The claim names the patient's medical record number. */
  withIdentifier: boolean;
  plan: SimPlan | null;
  /** 343-HD. */
  dispensingStatus: '' | 'P' | 'C';
  transactions: SimTransaction[];
  /** Its claims cannot be read: a quantity that is no number in extracts, a missing fill number in batches. */
  unreadable?: true;
}

/** A quantity with three decimals. */
export const quantityText = (units: number): string => units.toFixed(3);

/** `day` at `minute` of the day. */
export const at = (day: string, minute: number, second = 0): LocalTime =>
  [
    `${day}T${String(Math.floor(minute / 60)).padStart(2, '0')}`,
    String(minute % 60).padStart(2, '0'),
    String(second).padStart(2, '0'),
  ].join(':');
