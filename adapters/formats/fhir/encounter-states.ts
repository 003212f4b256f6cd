/** Status and class of an Encounter in the words of the model (DOMAIN 12.23), now and as its history tells. */
import type { EventStamp, Stated, VisitAction, VisitPast } from '../../../src/model/records.ts';
import { codingsOf } from './codes.ts';
import type { Element } from './element.ts';
import type { FhirTime } from './time.ts';
import { isTimeless } from './version.ts';

/** What each status (R4, and the names of R5) says about the visit. */
export const ACTIONS: Readonly<Record<string, VisitAction>> = {
  planned: 'STAND',
  arrived: 'STAND',
  triaged: 'STAND',
  'in-progress': 'STAND',
  onleave: 'STAND',
  'on-hold': 'STAND',
  finished: 'STAND',
  discharged: 'STAND',
  completed: 'STAND',
  unknown: 'STAND',
  cancelled: 'CANCEL',
  discontinued: 'CANCEL',
  'entered-in-error': 'DELETE',
};

/** v3 ActCode to the classes of 12.23. What is not here (FLD, SS ...) is unknown and never qualifies by itself. */
const CLASSES: Readonly<Record<string, string>> = {
  AMB: 'O',
  VR: 'O',
  HH: 'O',
  EMER: 'E',
  OBSENC: 'OBSENC',
  IMP: 'I',
  ACUTE: 'I',
  NONAC: 'I',
  PRENC: 'P',
  // Codes of DSTU2 and of HL7 v2 table 0004 that some servers pass through.
  OUTPATIENT: 'O',
  AMBULATORY: 'O',
  INPATIENT: 'I',
  EMERGENCY: 'E',
  O: 'O',
  R: 'R',
  E: 'E',
  I: 'I',
  P: 'P',
};

/** Code of a class as sent: a Coding, a concept, or (DSTU2) a text. */
function classCode(stated: Element): string {
  const codes =
    typeof stated.value === 'string' ? [stated.value.trim()] : codingsOf(stated).map((coding) => coding.text('code'));
  return codes.find((code) => code !== '') ?? '';
}

/** The class under a status; a planned visit has not happened, whatever its class. Null = not known. */
function classUnder(status: string, code: string): string | null {
  if (status === 'planned') return 'P';
  if (status === 'unknown') return null;
  return CLASSES[code.toUpperCase()] ?? (code || null);
}

/** The class as stated. */
export const classOf = (encounter: Element, status: string): string | null =>
  classUnder(status, classCode(encounter.child('class')));

/** A code that held from an instant on. */
interface Span {
  code: string;
  from: string;
  to: string | null;
}

/** A history by its periods, earliest first. What has no readable start is noted and left out. */
function spansOf(entries: readonly Element[], codeOf: (entry: Element) => string): Span[] {
  const spans = entries.flatMap((entry): Span[] => {
    const period = entry.child('period');
    const start = period.time('start');
    if (start === null) entry.notes.fail(period.child('start').path, 'a history without a start cannot be placed');
    return start ? [{ code: codeOf(entry), from: start.instant, to: instantOf(period.time('end')) }] : [];
  });
  return spans.toSorted((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
}

const instantOf = (time: Stated<FhirTime>): string | null => time?.instant ?? null;

/** A history with what holds now: from the end of its last entry on, unless that is still open. */
function course(spans: readonly Span[], now: string): Span[] {
  const end = spans.at(-1)?.to ?? null;
  return end === null ? [...spans] : [...spans, { code: now, from: end, to: null }];
}

/** What held at an instant; before the first entry what that says. */
const codeAt = (spans: readonly Span[], at: string, now: string): string =>
  (spans.findLast(({ from }) => from <= at) ?? spans[0])?.code ?? now;

/**
 * How the visit stood before this version was stored, by `statusHistory` and `classHistory`. Undefined when it tells nothing, or
 * when nobody knows when the version was stored and the history does not lead to what holds now.
 */
export function pastOf(encounter: Element, status: string, stamp: EventStamp): VisitPast[] | undefined {
  const now = classCode(encounter.child('class'));
  const statuses = course(
    spansOf(encounter.list('statusHistory'), (entry) => entry.text('status').toLowerCase()),
    status,
  );
  const classes = course(
    spansOf(encounter.list('classHistory'), (entry) => classCode(entry.child('class'))),
    now,
  );
  const leadsToNow = (statuses.at(-1)?.code ?? status) === status && (classes.at(-1)?.code ?? now) === now;
  if (isTimeless(stamp) && !leadsToNow) return undefined;
  const instants = [...new Set([...statuses, ...classes].map(({ from }) => from))].sort();
  const past = instants
    .filter((at) => at < stamp.eventAt || isTimeless(stamp))
    .flatMap((at): VisitPast[] => {
      const code = codeAt(statuses, at, status);
      const action = ACTIONS[code];
      if (action === undefined) return [];
      return [{ at, action, patientClass: classUnder(code, codeAt(classes, at, now)) }];
    });
  for (const entry of encounter.list('statusHistory'))
    if (ACTIONS[entry.text('status').toLowerCase()] === undefined)
      entry.notes.fail(entry.child('status').path, 'a status of R4 was expected', entry.text('status'));
  return past.length > 0 ? past : undefined;
}
