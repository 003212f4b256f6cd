/**
 * The canonical records: what a format's `map` makes of the wire and what `normalize` stores. One tagged union, so that a
 * new format can only speak the shared model. Conventions for every field:
 *
 * - identifiers and codes are strings exactly as sent (leading zeros kept) unless a comment says "normalised";
 * - quantities and money are exact decimals in text (`"30.000"`, `"-12.50"`), never numbers;
 * - dates are `YYYY-MM-DD`; instants are ISO 8601 in UTC (`2026-03-02T15:04:05.000Z`);
 * - `undefined` (absent) = the sender made no statement, `null` = the sender deleted the value (HL7 `""`).
 */
import type { ClaimRecord, ClaimResponseRecord } from './claim-records.ts';
import type {
  ConsultNoteEvent,
  CoverageEvent,
  PatientEvent,
  PatientLinkEvent,
  PrescriptionEvent,
  ReferralEvent,
  VisitEvent,
  VisitLinkEvent,
} from './ehr-records.ts';
import type { InvoiceRecord } from './invoice-records.ts';
import type { MasterRecord, ReferenceRecord, SnapshotRecord } from './master-records.ts';
import type { AcknowledgementRecord, FunctionalGroupRecord, OrderDocumentRecord } from './order-records.ts';

export type * from './claim-records.ts';
export type * from './ehr-records.ts';
export type * from './invoice-records.ts';
export type * from './master-records.ts';
export type * from './order-records.ts';

export type CanonicalRecord =
  | PatientEvent
  | VisitEvent
  | PrescriptionEvent
  | PatientLinkEvent
  | VisitLinkEvent
  | CoverageEvent
  | ReferralEvent
  | ConsultNoteEvent
  | ClaimRecord
  | ClaimResponseRecord
  | InvoiceRecord
  | OrderDocumentRecord
  | AcknowledgementRecord
  | FunctionalGroupRecord
  | MasterRecord
  | ReferenceRecord
  | SnapshotRecord;

/** A value or record that could not be read. Never carries a patient's value in `message`; `original` stays in the database. */
export interface RecordError {
  code: 'RECORD_INVALID';
  /** Where: `RXE-10`, `407-D7`, `IT1-02`, a column name, `trailer`; '' = the record as a whole. */
  field: string;
  /** What is wrong and what was expected, without the value. */
  message: string;
  /** The text as sent (at most 200 characters), for people with the right to see it. */
  original: string;
}
