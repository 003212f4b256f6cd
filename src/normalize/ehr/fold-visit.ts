/** An encounter is what the statements about its visit number add up to (DOMAIN 12.4, 12.22, 12.23). Pure. */
import { dateIn } from '../../model/calendar.ts';
import type { VisitAction, VisitEvent } from '../../model/records.ts';
import { type StoredEvent, inEventOrder, patientKey, restated } from './event.ts';

export type EncounterClass = 'AMB' | 'EMER' | 'OBSENC' | 'IMP' | 'PREADMIT' | 'UNKNOWN';
export type EncounterStatus = 'ACTIVE' | 'CANCELLED' | 'DELETED' | 'NO_SHOW';

/** Columns of `encounter` that follow from the statements; `patientKey` instead of the patient's id. */
export interface VisitState {
  patientKey: string | null;
  class: EncounterClass;
  status: EncounterStatus;
  startedAt: string | null;
  /** Calendar date of the start in the zone of the feed that stated it. */
  startDate: string | null;
  startedAtText: string | null;
  endedAt: string | null;
  facility: string | null;
  location: string | null;
  attendingNpi: string | null;
  /** Provenance of the latest statement. */
  rawId: string;
  position: string;
}

/** PV1-2 to the classes of 12.23; table 0004 has no code for observation, sites write these. */
const CLASSES: Record<string, EncounterClass> = {
  I: 'IMP',
  O: 'AMB',
  R: 'AMB',
  E: 'EMER',
  P: 'PREADMIT',
  OBS: 'OBSENC',
  OBSENC: 'OBSENC',
  OBSERVATION: 'OBSENC',
};

const ENDINGS: Partial<Record<VisitAction, EncounterStatus>> = {
  CANCEL: 'CANCELLED',
  DELETE: 'DELETED',
  NO_SHOW: 'NO_SHOW',
};

const classOf = (sent: string | null): EncounterClass => CLASSES[sent?.trim().toUpperCase() ?? ''] ?? 'UNKNOWN';

interface Start {
  at: string;
  zone: string;
  text: string | null;
}

/** PV1-44 as last stated, else the time of the first A01/A04. */
function startOf(ordered: readonly StoredEvent<VisitEvent>[]): Start | null {
  let stated: Start | null = null;
  let opened: Start | null = null;
  for (const { event, zone } of ordered) {
    if (event.startedAt) stated = { at: event.startedAt, zone, text: event.startedAtText ?? null };
    else if (event.startedAt === null) stated = null;
    if (event.action === 'OPEN') opened ??= { at: event.eventAt, zone, text: null };
  }
  return stated ?? opened;
}

/** An ended visit stays so, whatever is said about it, until it is opened again. */
function statusOf(ordered: readonly StoredEvent<VisitEvent>[]): EncounterStatus {
  let status: EncounterStatus = 'ACTIVE';
  for (const { event } of ordered) {
    if (event.action === 'OPEN' || event.action === 'STAND') status = 'ACTIVE';
    else status = ENDINGS[event.action] ?? status;
  }
  return status;
}

/** Folds all statements about one visit; undefined while there is no encounter (a missed appointment alone is none). */
export function foldVisit(events: readonly StoredEvent<VisitEvent>[]): VisitState | undefined {
  const ordered = inEventOrder(events);
  const last = ordered.at(-1);
  if (!last || ordered.every(({ event }) => event.action === 'NO_SHOW')) return undefined;
  const start = startOf(ordered);
  let sentClass: string | null = null;
  const state: VisitState = {
    patientKey: null,
    class: 'UNKNOWN',
    status: statusOf(ordered),
    startedAt: start?.at ?? null,
    startDate: start ? dateIn(start.at, start.zone) : null,
    startedAtText: start?.text ?? null,
    endedAt: null,
    facility: null,
    location: null,
    attendingNpi: null,
    rawId: last.rawId,
    position: last.position,
  };
  for (const { event } of ordered) {
    state.patientKey = patientKey(event.patientIdentifiers) ?? state.patientKey;
    sentClass = restated(sentClass, event.patientClass);
    state.endedAt = restated(state.endedAt, event.endedAt);
    state.facility = restated(state.facility, event.facility);
    state.location = restated(state.location, event.location);
    state.attendingNpi = restated(state.attendingNpi, event.attendingNpi);
  }
  state.class = classOf(sentClass);
  return state;
}
