/** A patient is what the statements about it add up to. Pure: the order in which they are handed over does not matter. */
import { compareFamilyName, compareGivenName } from '../../model/names.ts';
import type { Identifier, PatientEvent } from '../../model/records.ts';
import { type StoredEvent, inEventOrder, restated } from './event.ts';

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
  /** Provenance of the latest statement. */
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
  const state: PatientState = {
    familyName: null,
    givenName: null,
    familyCompare: null,
    givenCompare: null,
    birthDate: null,
    sex: null,
    postalCode: null,
    rawId: last.rawId,
    position: last.position,
  };
  for (const { event } of ordered) {
    state.familyName = restated(state.familyName, event.familyName);
    state.givenName = restated(state.givenName, event.givenName);
    state.birthDate = restated(state.birthDate, event.birthDate);
    state.sex = restated(state.sex, event.sex);
    state.postalCode = restated(state.postalCode, event.postalCode);
  }
  state.familyCompare = comparable(state.familyName, compareFamilyName);
  state.givenCompare = comparable(state.givenName, compareGivenName);
  return state;
}

/** Every identifier that was ever stated for the patient, once. */
export function identifiersOf(events: readonly StoredEvent<PatientEvent>[]): Identifier[] {
  const found = new Map<string, Identifier>();
  for (const { event } of events)
    for (const { authority, type, value } of event.identifiers)
      found.set(JSON.stringify([authority, type, value]), { authority, type, value });
  return [...found.values()];
}
