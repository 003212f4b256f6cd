/** Canonical records of the EHR side; the conventions of fields stand in records.ts. */

/** A value the sender may state, delete (`null`) or leave out (absent). */
export type Stated<T> = T | null | undefined;

/** HL7 CX / FHIR Identifier: who issued it, of which type (MR, PI, SS, AN ...), the value. */
export interface Identifier {
  /** Assigning authority: PID-3.4 namespace id, else its universal id, else ''. */
  authority: string;
  /** PID-3.5 identifier type code; '' when absent. */
  type: string;
  value: string;
}

/** Where an EHR message stands in time: the fold orders by event time, then control id (DOMAIN 12.4). */
export interface EventStamp {
  /** EVN-2, else MSH-7; instant. */
  eventAt: string;
  /** MSH-10. */
  controlId: string;
  /** Trigger event (`A04`, `O11`, `S26`). */
  trigger: string;
  /**
   * Where values stand in the message, by field of the record (`{ writtenDate: 'ORC-9' }`; `patient` = patientIdentifiers, `class` =
   * patientClass, `status` = action or control): only those that are not where
   * HL7 v2 usually has them (src/normalize/ehr/sources.ts), for other standards all.
   */
  places?: Record<string, string>;
}

/** ADD = the record is made anew (A28): ends an earlier merge or deletion. OPEN = a visit begins: ends a deletion. */
export type PatientAction = 'ADD' | 'OPEN' | 'DELETE';

/** Demographics of any message with a PID (DOMAIN 12.33a: the PID of any message updates the patient). */
export interface PatientEvent extends EventStamp {
  type: 'patient';
  /** Absent = only the values count. DELETE (A29) is a tombstone. */
  action?: PatientAction;
  identifiers: Identifier[];
  familyName?: Stated<string>;
  givenName?: Stated<string>;
  birthDate?: Stated<string>;
  /** M, F, O, U or as sent. */
  sex?: Stated<string>;
  postalCode?: Stated<string>;
}

/**
 * What an event does to the visit. PV1 inside RDE, ORM or SIU makes no visit event. STAND (FHIR) = the visit stands as
 * stated: it ends a cancellation, but its time is that of the record and says nothing about the start.
 */
export type VisitAction = 'OPEN' | 'STAND' | 'UPDATE' | 'CANCEL' | 'DELETE' | 'NO_SHOW';

/** How a visit stood from an instant on, where one statement tells its course (FHIR statusHistory and classHistory). */
export interface VisitPast {
  at: string;
  action: VisitAction;
  patientClass: string | null;
}

/** One statement about a visit (PV1 of ADT). */
export interface VisitEvent extends EventStamp {
  type: 'visit';
  action: VisitAction;
  /** PV1-19.1. */
  visitNumber: string;
  /** All identifiers of the PID; the first MR (else PI, else first) names the patient. */
  patientIdentifiers: Identifier[];
  /** PV1-2 as sent (E I O P R B ...). */
  patientClass?: Stated<string>;
  /** PV1-3.4 facility namespace. */
  facility?: Stated<string>;
  /** PV1-3.1 point of care. */
  location?: Stated<string>;
  /** PV1-44 as an instant; absent = the first A01/A04 event time is the start. */
  startedAt?: Stated<string>;
  /** PV1-44 as sent. */
  startedAtText?: Stated<string>;
  /** PV1-45. */
  endedAt?: Stated<string>;
  /** PV1-7 with id type NPI, else its plain id when it is a 10-digit number. */
  attendingNpi?: Stated<string>;
  /** PID-18: account that the visit is billed to; moves of the account (A44) take the visit with them. */
  account?: Stated<string>;
  /** How the visit stood before this statement, earliest first; the latest statement's telling replaces all earlier ones. */
  past?: VisitPast[];
}

/**
 * Two patient records of one EHR are one person, or are no longer. MERGE: the first survives and the other is part of it
 * (A18, A30, A34, A36, A39, A40, A43, A46, A47); a later merge of the other replaces this one. LINK: one person whose
 * records stay side by side (A24). SEPARATE: neither holds any longer (A37).
 */
export interface PatientLinkEvent extends EventStamp {
  type: 'patientLink';
  action: 'MERGE' | 'LINK' | 'SEPARATE';
  /** The survivor; of links the first one named. */
  patientIdentifiers: Identifier[];
  /** The record that was merged away; of links the second one named. */
  otherIdentifiers: Identifier[];
}

/**
 * A visit is another visit, or another patient's. MERGE: what was said of `otherVisitNumber` counts for `visitNumber`, not how
 * it ended (A42). RENUMBER: the visit has a new number (A50). MOVE: the visit, or all visits of the account, are this
 * patient's from now on (A44, A45).
 */
export type VisitLinkEvent = EventStamp & { type: 'visitLink'; patientIdentifiers: Identifier[] } & (
    | { action: 'MERGE' | 'RENUMBER'; visitNumber: string; otherVisitNumber: string }
    | { action: 'MOVE'; visitNumber: string }
    | { action: 'MOVE'; account: string }
  );

/** One statement about a prescription order (ORC + RXE/RXO). */
export interface PrescriptionEvent extends EventStamp {
  type: 'prescription';
  /** ORC-2.1 placer order number, else ORC-3.1. */
  orderNumber: string;
  /** ORC-1: NW, RO, XO, CA, OC, DC ... */
  control: string;
  patientIdentifiers: Identifier[];
  /** PV1-19.1 when the message carries a visit (names the encounter, never creates it). */
  visitNumber?: Stated<string>;
  /** RXE-15 prescription number as sent. */
  rxNumber?: Stated<string>;
  /** RXE-2 code text when its coding system is NDC, as sent. */
  ndcText?: Stated<string>;
  /** RxNorm code of the drug (FHIR), kept with the statement. */
  rxNorm?: Stated<string>;
  drugName?: Stated<string>;
  /** RXE-32, else ORC-9, as a calendar date in the feed's zone. */
  writtenDate?: Stated<string>;
  /** ORC-12 NPI (else RXE-13). */
  prescriberNpi?: Stated<string>;
  /** RXE-10. */
  quantity?: Stated<string>;
  /** RXE-12. */
  refills?: Stated<string>;
}

/** How a record stands that one resource tells whole. WAIT = not in force (a draft, a status that cannot be read). */
export type Standing = 'STAND' | 'WAIT' | 'CANCEL' | 'DELETE';

/** Who pays for a patient as the EHR knows it (FHIR Coverage). Claims are judged by their own BIN, PCN and group (DOMAIN 12.30). */
export interface CoverageEvent extends EventStamp {
  type: 'coverage';
  action: Standing;
  /** Id of the Coverage. */
  number: string;
  patientIdentifiers: Identifier[];
  /** Code of the kind of coverage, as sent. */
  kind?: Stated<string>;
  payerName?: Stated<string>;
  payerId?: Stated<string>;
  /** Plan as the payer names it. */
  planCode?: Stated<string>;
  bin?: Stated<string>;
  pcn?: Stated<string>;
  /** Group of pharmacy claims, else the group of the plan. */
  payerGroup?: Stated<string>;
  cardholder?: Stated<string>;
  /** 1 = asked to pay first. */
  priority?: Stated<string>;
  validFrom?: Stated<string>;
  validTo?: Stated<string>;
}

/** An order that sends the patient to another provider (FHIR ServiceRequest): the way out of a referral. */
export interface ReferralEvent extends EventStamp {
  type: 'referral';
  action: Standing;
  /** Order number: id of the ServiceRequest. */
  number: string;
  patientIdentifiers: Identifier[];
  visitNumber?: Stated<string>;
  /** What for, in the EHR's words. */
  service?: Stated<string>;
  orderedDate?: Stated<string>;
  requesterNpi?: Stated<string>;
  /** Whom the patient is sent to. */
  performerNpi?: Stated<string>;
}

/** What came back (FHIR DocumentReference): the note of the provider whom the patient was sent to. */
export interface ConsultNoteEvent extends EventStamp {
  type: 'consultNote';
  action: Standing;
  /** Id of the DocumentReference. */
  number: string;
  patientIdentifiers: Identifier[];
  /** Order number of the referral that it answers. */
  referralNumber?: Stated<string>;
  authorNpi?: Stated<string>;
  writtenDate?: Stated<string>;
}
