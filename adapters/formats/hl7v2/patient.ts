/** PID to the patient: identifiers and the demographics that matching needs (DOMAIN 12.21, 12.33a). */
import type { EventStamp, Identifier, PatientAction, PatientEvent } from '../../../src/model/records.ts';
import type { Repetition, Segment } from './split.ts';
import { identifierOf } from './values.ts';
import type { Values } from './values.ts';

/** Identifiers of PID-3; the older places PID-2, PID-4 and PID-18 only when PID-3 names none. PID-19 (SSN) is never read. */
export function identifiersOf(pid: Segment): Identifier[] {
  const listed = pid.repetitions(3).map((repetition) => identifierOf(repetition));
  const older = listed.some(Boolean)
    ? []
    : [
        ...[2, 4].flatMap((index) => pid.repetitions(index).map((repetition) => identifierOf(repetition, 'PI'))),
        ...pid.repetitions(18).map((repetition) => identifierOf(repetition, 'AN')),
      ];
  const seen = new Set<string>();
  return [...listed, ...older].filter((identifier): identifier is Identifier => {
    if (!identifier) return false;
    const key = JSON.stringify(identifier);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

/** The legal name among the repetitions of PID-5, else the first. */
function nameOf(pid: Segment): Repetition | undefined {
  const names = pid.repetitions(5);
  return names.find((name) => name.text(7).toUpperCase() === 'L') ?? names[0];
}

/** What the event itself does to the record. */
const ACTIONS: Readonly<Record<string, PatientAction>> = { A01: 'OPEN', A04: 'OPEN', A28: 'ADD', A29: 'DELETE' };

/** The statement about the patient. Fields that the message does not carry stay absent. */
export function patientOf(pid: Segment, stamp: EventStamp, identifiers: Identifier[], values: Values): PatientEvent {
  const name = nameOf(pid);
  const action = ACTIONS[stamp.trigger];
  return {
    type: 'patient',
    ...stamp,
    ...(action === undefined ? {} : { action }),
    identifiers,
    familyName: name?.value(1),
    givenName: name?.value(2),
    // A birth date is a day, not an instant: an offset beside it does not move it.
    birthDate: values.date(pid, 7),
    sex: pid.value(8),
    postalCode: pid.value(11, 5),
  };
}
