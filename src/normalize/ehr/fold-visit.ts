/** An encounter is what the statements about its visit number add up to (DOMAIN 12.4, 12.22, 12.23). Pure. */
import { dateIn } from '../../model/calendar.ts';
import type { VisitAction, VisitEvent, VisitLinkEvent } from '../../model/records.ts';
import { type StoredEvent, inEventOrder, patientKey } from './event.ts';
import { type Source, Sources, restate } from './sources.ts';
import type { CountingStatement } from './visit-links.ts';

export type EncounterClass = 'AMB' | 'EMER' | 'OBSENC' | 'IMP' | 'PREADMIT' | 'UNKNOWN';
export type EncounterStatus = 'ACTIVE' | 'CANCELLED' | 'DELETED' | 'NO_SHOW' | 'MERGED';

/** Status and class from an instant on. */
export interface VisitPhase {
  at: string;
  status: EncounterStatus;
  class: EncounterClass;
  rawId: string;
  position: string;
}

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
  account: string | null;
  history: VisitPhase[];
  sources: Source[];
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

type Ordered = readonly CountingStatement[];
const isVisit = (stored: CountingStatement): stored is CountingStatement & StoredEvent<VisitEvent> =>
  stored.event.type === 'visit';

interface Start {
  at: string;
  zone: string;
  text: string | null;
}

/** PV1-44 as last stated, else the time of the first A01/A04. */
function startOf(ordered: Ordered, sources: Sources): Start | null {
  let stated: { start: Start; from: StoredEvent } | null = null;
  let opened: { start: Start; from: StoredEvent } | null = null;
  for (const from of ordered.filter(isVisit)) {
    const { event, zone } = from;
    if (event.startedAt) stated = { start: { at: event.startedAt, zone, text: event.startedAtText ?? null }, from };
    else if (event.startedAt === null) stated = null;
    if (event.action === 'OPEN') opened ??= { start: { at: event.eventAt, zone, text: null }, from };
  }
  if (stated) sources.said('startedAt', stated.from);
  else if (opened) sources.said('startedAt', opened.from, 'EVN-2');
  return (stated ?? opened)?.start ?? null;
}

/** How status and class went on. An ended visit stays so, whatever is said about it, until it is opened again. */
function phasesOf(ordered: Ordered, merged: StoredEvent<VisitLinkEvent> | undefined, sources: Sources): VisitPhase[] {
  const phases: VisitPhase[] = [];
  let status: EncounterStatus = 'ACTIVE';
  let sentClass: string | null = null;
  const note = ({ event: { eventAt: at }, rawId, position }: StoredEvent): void => {
    phases.push({ at, status, class: classOf(sentClass), rawId, position });
  };
  const visits = ordered.filter(isVisit);
  for (const stored of visits) {
    const { event } = stored;
    const before: EncounterStatus = status;
    if (event.action === 'OPEN' || event.action === 'STAND') status = 'ACTIVE';
    else if (stored.endsNothing !== true) status = ENDINGS[event.action] ?? status;
    if (status !== before || event.action === 'OPEN' || event.action === 'STAND')
      sources.said('status', stored, 'MSH-9');
    if (event.patientClass !== undefined) {
      sentClass = event.patientClass;
      if (sentClass === null) sources.gone('class');
      else sources.said('class', stored);
    }
    note(stored);
  }
  if (merged) {
    status = 'MERGED';
    sources.said('status', merged, 'MRG');
    note(merged);
  }
  return changesIn(withPast(phases, visits));
}

/** Only the phases in which something changes. */
const changesIn = (phases: readonly VisitPhase[]): VisitPhase[] =>
  phases.filter((phase, index) => {
    const before = phases[index - 1];
    return before?.status !== phase.status || before.class !== phase.class;
  });

/**
 * Where the latest version tells the course of the visit itself, that is how it went up to that version: what earlier ones said
 * in that time was known by then, and is either in it or was wrong. `phases`: one for each visit statement, then the merge.
 */
function withPast(phases: readonly VisitPhase[], visits: readonly StoredEvent<VisitEvent>[]): VisitPhase[] {
  const place = visits.findLastIndex(({ event }) => event.action !== 'DELETE');
  const latest = visits[place];
  const [first] = latest?.event.past ?? [];
  if (latest === undefined || first === undefined) return [...phases];
  const { rawId, position, event } = latest;
  const told = (event.past ?? []).map(({ at, action, patientClass }): VisitPhase => {
    const status = ENDINGS[action] ?? 'ACTIVE';
    return { at, status, class: classOf(patientClass), rawId, position };
  });
  const after = phases.slice(place + 1);
  // A version without a time is older than its own past, which then leads to what holds now.
  if (event.eventAt < first.at) return [...told, ...after];
  return [
    ...phases.slice(0, place).filter(({ at }) => at < first.at),
    ...told,
    ...phases.slice(place, place + 1),
    ...after,
  ];
}

/**
 * Folds all statements about one visit; undefined while there is no encounter (a missed appointment alone is none).
 * `merged`: the link by which it has become another visit.
 */
export function foldVisit(
  statements: readonly CountingStatement[],
  merged?: StoredEvent<VisitLinkEvent>,
): VisitState | undefined {
  const ordered = inEventOrder(statements);
  const visits = ordered.filter(isVisit);
  const last = ordered.at(-1);
  if (!last || visits.every(({ event }) => event.action === 'NO_SHOW')) return undefined;
  const sources = new Sources();
  const start = startOf(ordered, sources);
  const history = phasesOf(ordered, merged, sources);
  const present = history.at(-1);
  const values: Record<'patient' | 'endedAt' | 'facility' | 'location' | 'attendingNpi' | 'account', string | null> = {
    patient: null,
    endedAt: null,
    facility: null,
    location: null,
    attendingNpi: null,
    account: null,
  };
  for (const stored of ordered) {
    const { event } = stored;
    restate(values, 'patient', patientKey(event.patientIdentifiers) ?? undefined, stored, sources);
    if (event.type !== 'visit') continue;
    restate(values, 'endedAt', event.endedAt, stored, sources);
    restate(values, 'facility', event.facility, stored, sources);
    restate(values, 'location', event.location, stored, sources);
    restate(values, 'attendingNpi', event.attendingNpi, stored, sources);
    restate(values, 'account', event.account, stored, sources);
  }
  const { patient, ...columns } = values;
  const latest = merged && inEventOrder<StoredEvent>([last, merged]).at(-1) === merged ? merged : last;
  return {
    ...columns,
    patientKey: patient,
    class: present?.class ?? 'UNKNOWN',
    status: present?.status ?? 'ACTIVE',
    startedAt: start?.at ?? null,
    startDate: start ? dateIn(start.at, start.zone) : null,
    startedAtText: start?.text ?? null,
    history,
    sources: sources.list(),
    rawId: latest.rawId,
    position: latest.position,
  };
}

/** The account whose moves take the visit along. */
export const accountOf = (statements: readonly CountingStatement[]): string | null => {
  let account: string | null = null;
  for (const { event } of inEventOrder(statements))
    if (event.type === 'visit' && event.account !== undefined) account = event.account;
  return account;
};
