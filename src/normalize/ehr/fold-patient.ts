/** A patient is what the statements about it add up to. Pure: the order in which they are handed over does not matter. */
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { Identifier, PatientEvent, PatientLinkEvent } from '../../model/records.ts';
import { type StoredEvent, inEventOrder, patientKey } from './event.ts';
import { type Source, Sources, restate } from './sources.ts';

/** Columns of `patient` that follow from the statements. */
export interface PatientState {
  familyName: string | null;
  givenName: string | null;
  /** Compared forms; null when nothing comparable is left, so that two such names do not match each other. */
  familyCompare: string | null;
  givenCompare: string | null;
  birthDate: string | null;
  sex: string | null;
  postalCode: string | null;
  status: 'ACTIVE' | 'DELETED';
  sources: Source[];
  /** Provenance of the latest statement. */
  rawId: string;
  position: string;
}

/** An edge to another record of the same person, kept at the record that was merged away or has the lower key. */
export interface PatientEdge {
  otherKey: string;
  kind: 'MERGE' | 'LINK';
  since: string;
  rawId: string;
  position: string;
}

const comparable = (name: string | null, compare: (text: string) => string): string | null =>
  name === null ? null : compare(name) || null;

/** Folds all statements about one patient; undefined when there are none. */
export function foldPatient(events: readonly StoredEvent<PatientEvent>[]): PatientState | undefined {
  const ordered = inEventOrder(events);
  const last = ordered.at(-1);
  if (!last) return undefined;
  const sources = new Sources();
  const values: Record<'familyName' | 'givenName' | 'birthDate' | 'sex' | 'postalCode', string | null> = {
    familyName: null,
    givenName: null,
    birthDate: null,
    sex: null,
    postalCode: null,
  };
  let status: PatientState['status'] = 'ACTIVE';
  for (const stored of ordered) {
    const { event } = stored;
    if (event.action === 'DELETE') status = 'DELETED';
    else if (event.action !== undefined) status = 'ACTIVE';
    if (event.action === 'DELETE') sources.said('status', stored);
    else if (event.action !== undefined) sources.gone('status');
    restate(values, 'familyName', event.familyName, stored, sources);
    restate(values, 'givenName', event.givenName, stored, sources);
    restate(values, 'birthDate', event.birthDate, stored, sources);
    restate(values, 'sex', event.sex, stored, sources);
    restate(values, 'postalCode', event.postalCode, stored, sources);
  }
  return {
    ...values,
    familyCompare: comparable(values.familyName, compareFamilyName),
    givenCompare: comparable(values.givenName, compareGivenName),
    status,
    sources: sources.list(),
    rawId: last.rawId,
    position: last.position,
  };
}

/** Every identifier that was ever stated for the patient, once. */
export function identifiersOf(events: readonly StoredEvent<PatientEvent>[]): Identifier[] {
  const found = new Map<string, Identifier>();
  for (const { event } of events)
    for (const { authority, type, value } of event.identifiers)
      found.set(JSON.stringify([authority, type, value]), { authority, type, value });
  return [...found.values()];
}

/**
 * The edges that start at the patient `key`, of everything ever said about merging it. A record has one survivor at a time, the
 * one named last; it is its own again when it is made anew, separated, or becomes the survivor of that same record.
 */
export function foldEdges(
  key: string,
  events: readonly StoredEvent<PatientEvent>[],
  links: readonly StoredEvent<PatientLinkEvent>[],
): PatientEdge[] {
  if (links.length === 0) return [];
  let survivor: PatientEdge | undefined;
  const linked = new Map<string, PatientEdge>();
  for (const stored of inEventOrder<StoredEvent<PatientEvent | PatientLinkEvent>>([...links, ...events])) {
    const { event, rawId, position } = stored;
    if (event.type === 'patient') {
      if (event.action === 'ADD') survivor = undefined;
      continue;
    }
    const [first, second] = [patientKey(event.patientIdentifiers), patientKey(event.otherIdentifiers)];
    const otherKey = first === key ? second : first;
    if (otherKey === null || otherKey === key) continue;
    const edge = { otherKey, since: event.eventAt, rawId, position };
    if (event.action === 'MERGE' && second === key) survivor = { ...edge, kind: 'MERGE' };
    if (event.action === 'LINK' && key < otherKey) linked.set(otherKey, { ...edge, kind: 'LINK' });
    const undone = event.action === 'SEPARATE' || (event.action === 'MERGE' && first === key);
    if (undone && survivor?.otherKey === otherKey) survivor = undefined;
    if (event.action === 'SEPARATE') linked.delete(otherKey);
  }
  if (survivor) linked.set(survivor.otherKey, survivor);
  return [...linked.values()].sort((left, right) => (left.otherKey < right.otherKey ? -1 : 1));
}
