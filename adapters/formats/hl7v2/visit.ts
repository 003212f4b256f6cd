/** PV1 of an ADT message, or a missed appointment, to a statement about the visit (DOMAIN 12.4, 12.22-12.24). */
import type { EventStamp, Stated, VisitAction, VisitEvent } from '../../../src/model/records.ts';
import type { Message, Segment } from './split.ts';
import { authorityOf, npiOf } from './values.ts';
import type { Values } from './values.ts';

/** Which field holds the number that is stable at this site. */
export type VisitNumberField = 'PV1-19' | 'PV1-50' | 'PID-18';

/** What each trigger event does to the visit. Events that are not here say nothing about it. */
const ACTIONS: Readonly<Record<string, VisitAction>> = {
  A01: 'OPEN',
  A02: 'UPDATE',
  A03: 'UPDATE',
  A04: 'OPEN',
  A05: 'UPDATE',
  A06: 'UPDATE',
  A07: 'UPDATE',
  A08: 'UPDATE',
  A09: 'UPDATE',
  A10: 'UPDATE',
  A11: 'CANCEL',
  A12: 'UPDATE',
  A13: 'UPDATE',
  A23: 'DELETE',
  A38: 'CANCEL',
};

/** Cancelled, deleted and missed appointments: the visit they name did not take place (12.23). */
const MISSED = new Set(['S15', 'S17', 'S26']);

/** The action of an ADT trigger event on the visit, undefined = none. */
export const visitAction = (trigger: string): VisitAction | undefined => ACTIONS[trigger];

/** True for SIU events that say the visit did not take place. */
export const isMissed = (trigger: string): boolean => MISSED.has(trigger);

/** The visit number where this site keeps it; absent when not sent. */
export function visitNumberOf(message: Message, field: VisitNumberField): Stated<string> {
  const [name = 'PV1', index = '19'] = field.split('-');
  return message.first(name)?.value(Number(index));
}

function facilityOf(pv1: Segment): Stated<string> {
  const place = pv1.repetitions(3)[0];
  if (!place) return undefined;
  return authorityOf(place, 4) || (place.value(4) === null ? null : undefined);
}

/** PV1-2, except where the event itself tells the class: a pre-admit is none yet, A06 and A07 move in and out. */
function classOf(trigger: string, pv1: Segment): Stated<string> {
  if (trigger === 'A05') return 'P';
  const sent = pv1.value(2);
  if (sent) return sent;
  if (trigger === 'A06') return 'I';
  return trigger === 'A07' ? 'O' : sent;
}

/** PV1-45; a discharge without it ended when it happened, a cancelled discharge has no end. */
function endOf(stamp: EventStamp, pv1: Segment, values: Values): Stated<string> {
  if (stamp.trigger === 'A13') return null;
  const time = values.time(pv1, 45);
  if (time) return time.instant;
  return stamp.trigger === 'A03' ? stamp.eventAt : time;
}

/** The whole statement of an ADT message. */
export function visitOf(
  pv1: Segment,
  stamp: EventStamp,
  visit: Pick<VisitEvent, 'action' | 'visitNumber' | 'patientIdentifiers' | 'account' | 'places'>,
  values: Values,
): VisitEvent {
  const started = values.time(pv1, 44);
  return {
    type: 'visit',
    ...stamp,
    ...visit,
    patientClass: classOf(stamp.trigger, pv1),
    facility: facilityOf(pv1),
    location: pv1.value(3),
    startedAt: started?.instant ?? (started === null ? null : undefined),
    startedAtText: started ? pv1.text(44) : started,
    endedAt: endOf(stamp, pv1, values),
    attendingNpi: npiOf(pv1, 7),
  };
}
