/** EHR statements as stored: whose they are, their order in time, and how a stated value replaces an earlier one. */
import type {
  ConsultNoteEvent,
  CoverageEvent,
  Identifier,
  PatientEvent,
  PatientLinkEvent,
  PrescriptionEvent,
  ReferralEvent,
  VisitEvent,
  VisitLinkEvent,
} from '../../model/records.ts';
import { compareText } from '../batch.ts';

export type EhrEvent =
  | PatientEvent
  | VisitEvent
  | PrescriptionEvent
  | PatientLinkEvent
  | VisitLinkEvent
  | CoverageEvent
  | ReferralEvent
  | ConsultNoteEvent;

/** A statement with where it came from. */
export interface StoredEvent<E extends EhrEvent = EhrEvent> {
  event: E;
  /** IANA zone of its feed. */
  zone: string;
  rawId: string;
  position: string;
}

const NATURAL = new Intl.Collator('en', { numeric: true });

/** By event time, then control id (DOMAIN 12.4), then payload and place in it, so that the order is total. */
export function inEventOrder<Stored extends StoredEvent>(events: readonly Stored[]): Stored[] {
  return events.toSorted(
    (left, right) =>
      Date.parse(left.event.eventAt) - Date.parse(right.event.eventAt) ||
      compareText(left.event.controlId, right.event.controlId) ||
      compareText(left.rawId, right.rawId) ||
      NATURAL.compare(left.position, right.position),
  );
}

/**
 * `authority|type|value` of the identifier that names a patient in its source system: the id of its FHIR resource (references
 * carry nothing else), else the first MR, else PI, else the first.
 */
export function patientKey(identifiers: readonly Identifier[]): string | null {
  const naming =
    identifiers.find((identifier) => identifier.type === 'FHIR') ??
    identifiers.find((identifier) => identifier.type === 'MR') ??
    identifiers.find((identifier) => identifier.type === 'PI') ??
    identifiers[0];
  return naming ? `${naming.authority}|${naming.type}|${naming.value}` : null;
}
