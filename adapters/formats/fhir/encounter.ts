/** Encounter to a statement about the visit (DOMAIN 12.22 - 12.24). */
import type { EventStamp, Identifier, Stated, VisitEvent } from '../../../src/model/records.ts';
import { hasCode, npiOf } from './codes.ts';
import type { Element } from './element.ts';
import { ACTIONS, classOf, pastOf } from './encounter-states.ts';
import type { FhirOptions } from './options.ts';
import { targetOf, type Scope } from './references.ts';

/** The place: the one where the patient is or was last; planned and reserved ones say nothing yet. */
function locationOf(encounter: Element, scope: Scope): string | null {
  const places = encounter
    .list('location')
    .filter((place) => !['planned', 'reserved'].includes(place.text('status')))
    .map((place) => {
      const target = targetOf(place.child('location'), encounter, scope);
      return { active: place.text('status') === 'active', code: target.id || target.value };
    })
    .filter(({ code }) => code !== '');
  return (places.findLast(({ active }) => active) ?? places.at(-1))?.code ?? null;
}

/** Who attended: the attender, else the primary performer, else the first person. */
function attendingOf(encounter: Element, scope: Scope): Stated<string> {
  if (encounter.list('participant').length === 0) return null;
  const people = encounter.list('participant').flatMap((participant) => {
    const reference = participant.child('individual').present
      ? participant.child('individual')
      : participant.child('actor');
    const npi = npiOf(reference, encounter, scope);
    return npi === null ? [] : [{ npi, types: participant.list('type') }];
  });
  const of = (code: string) => people.find(({ types }) => types.some((type) => hasCode(type, code)));
  // Somebody is named, whose NPI the payload does not have: what an earlier version said still holds.
  return (of('ATND') ?? of('PPRF') ?? people[0])?.npi;
}

const instant = (time: Stated<{ instant: string }>): Stated<string> => (time ? time.instant : time);

/** The statement; undefined when the encounter has no id (noted). */
export function visitOf(
  encounter: Element,
  visitNumber: string,
  stamp: EventStamp,
  patientIdentifiers: Identifier[],
  scope: Scope,
  options: FhirOptions,
): VisitEvent | undefined {
  if (visitNumber === '') {
    encounter.notes.fail('Encounter.id', 'an encounter without an id cannot be referred to');
    return undefined;
  }
  const status = encounter.text('status').toLowerCase();
  const action = ACTIONS[status];
  if (action === undefined) encounter.notes.fail('Encounter.status', 'a status of R4 was expected', status);
  const period = encounter.child('period').present ? encounter.child('period') : encounter.child('actualPeriod');
  const start = period.time('start');
  const past = action === undefined ? undefined : pastOf(encounter, status, stamp);
  return {
    type: 'visit',
    ...stamp,
    // Without a readable status it is not known whether the visit took place: its class is then unknown too.
    action: action ?? 'UPDATE',
    visitNumber,
    patientIdentifiers,
    patientClass: action === undefined ? null : classOf(encounter, status),
    facility: options.facility || null,
    location: locationOf(encounter, scope),
    startedAt: instant(start),
    startedAtText: start ? start.text : start,
    endedAt: instant(period.time('end')),
    attendingNpi: attendingOf(encounter, scope),
    ...(past === undefined ? {} : { past }),
  };
}
