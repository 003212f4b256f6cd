/**
 * Merges, links, moves and new numbers (chapter 3: A18, A24, A30, A34-A37, A39-A51) as statements about two records at once.
 * PID and PV1 hold what is right now, MRG what was before; a message may hold several such pairs.
 */
import type {
  CanonicalRecord,
  EventStamp,
  Identifier,
  PatientLinkEvent,
  VisitLinkEvent,
} from '../../../src/model/records.ts';
import { identifiersOf, patientOf } from './patient.ts';
import type { Message, Segment } from './split.ts';
import { identifierOf } from './values.ts';
import type { Values } from './values.ts';
import type { VisitNumberField } from './visit.ts';

type NumberKind = 'VISIT' | 'ALTERNATE' | 'ACCOUNT';

/** What a trigger event says of patients and of a number; `number` tells which one it is about. */
interface Meaning {
  patients?: PatientLinkEvent['action'];
  visits?: VisitLinkEvent['action'];
  number?: NumberKind;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  A18: { patients: 'MERGE' },
  A24: { patients: 'LINK' },
  A30: { patients: 'MERGE' },
  A34: { patients: 'MERGE' },
  A35: { visits: 'MERGE', number: 'ACCOUNT' },
  A36: { patients: 'MERGE', visits: 'MERGE', number: 'ACCOUNT' },
  A37: { patients: 'SEPARATE' },
  A39: { patients: 'MERGE' },
  A40: { patients: 'MERGE' },
  A41: { visits: 'MERGE', number: 'ACCOUNT' },
  A42: { visits: 'MERGE', number: 'VISIT' },
  A43: { patients: 'MERGE' },
  A44: { visits: 'MOVE', number: 'ACCOUNT' },
  A45: { visits: 'MOVE', number: 'VISIT' },
  A46: { patients: 'MERGE' },
  A47: { patients: 'MERGE' },
  A48: { patients: 'MERGE' },
  A49: { visits: 'RENUMBER', number: 'ACCOUNT' },
  A50: { visits: 'RENUMBER', number: 'VISIT' },
  A51: { visits: 'RENUMBER', number: 'ALTERNATE' },
};

/** Where the number stands now and where MRG holds the earlier one. */
const PLACES: Readonly<Record<VisitNumberField, { kind: NumberKind; prior: number }>> = {
  'PV1-19': { kind: 'VISIT', prior: 5 },
  'PV1-50': { kind: 'ALTERNATE', prior: 6 },
  'PID-18': { kind: 'ACCOUNT', prior: 3 },
};

/** True for events that speak of two records. */
export const isIdentityEvent = (trigger: string): boolean => Object.hasOwn(MEANINGS, trigger);

/** What such a message came to; `ignored` = why a part of it has no effect here. */
export interface IdentityRecords {
  records: CanonicalRecord[];
  ignored?: string;
}

/** One MRG with the PID before it and the PV1 behind it. */
interface Pair {
  pid: Segment;
  mrg: Segment;
  pv1?: Segment;
}

function pairsOf(message: Message): Pair[] {
  const pairs: Pair[] = [];
  let pid: Segment | undefined;
  for (const segment of message.segments) {
    if (segment.name === 'PID') pid = segment;
    const last = pairs.at(-1);
    if (segment.name === 'MRG' && pid) pairs.push({ pid, mrg: segment });
    else if (segment.name === 'PV1' && last) last.pv1 ??= segment;
  }
  return pairs;
}

const listed = (segment: Segment, index: number, type = ''): Identifier[] =>
  segment.repetitions(index).flatMap((repetition) => identifierOf(repetition, type) ?? []);

const same = (left: readonly Identifier[], right: readonly Identifier[]): boolean => {
  const [a] = left;
  const [b] = right;
  return a?.value === b?.value && a?.authority === b?.authority && a?.type === b?.type;
};

/**
 * Prior identifiers as the PID beside them would write them: MRG-1 often leaves out what PID-3 says of every number, and the
 * earlier messages about the prior record said it.
 */
function completed(prior: readonly Identifier[], current: readonly Identifier[]): Identifier[] {
  const naming = current.find(({ type }) => type === 'MR') ?? current[0];
  return prior.map((identifier) => ({
    authority: identifier.authority === '' && identifier.type === '' ? (naming?.authority ?? '') : identifier.authority,
    type: identifier.type === '' ? (naming?.type ?? '') : identifier.type,
    value: identifier.value,
  }));
}

const link = (
  stamp: EventStamp,
  action: PatientLinkEvent['action'],
  patientIdentifiers: Identifier[],
  otherIdentifiers: Identifier[],
): PatientLinkEvent => ({ type: 'patientLink', ...stamp, action, patientIdentifiers, otherIdentifiers });

/** The prior record's own statement: that it is there, and the name that MRG-7 gives it. */
const priorPatient = (mrg: Segment, stamp: EventStamp, identifiers: Identifier[]): CanonicalRecord => ({
  type: 'patient',
  ...stamp,
  identifiers,
  familyName: mrg.value(7, 1),
  givenName: mrg.value(7, 2),
  places: { key: 'MRG-1', familyName: 'MRG-7', givenName: 'MRG-7' },
});

/** A43 names the moved record in both places; the person who loses it stands in MRG-4, who gets it in PID-2. */
function movedPatient(pair: Pair, stamp: EventStamp, moved: Identifier[]): CanonicalRecord[] {
  const from = listed(pair.mrg, 4, 'PI');
  const to = listed(pair.pid, 2, 'PI');
  return [
    ...(from.length === 0 ? [] : [link(stamp, 'SEPARATE', from, moved)]),
    ...(to.length === 0 || same(to, moved) ? [] : [link(stamp, 'MERGE', to, moved)]),
  ];
}

/** Ids that are no longer in use (MRG-4, MRG-2) stay ids of the patient; they never named the record. */
const alsoKnownAs = (stamp: EventStamp, current: Identifier[], former: Identifier[]): CanonicalRecord => ({
  type: 'patient',
  ...stamp,
  identifiers: [...current, ...former.map((identifier) => ({ ...identifier, type: '' }))],
});

function mergedPatients(pair: Pair, stamp: EventStamp, current: Identifier[], values: Values): CanonicalRecord[] {
  const prior = completed(listed(pair.mrg, 1), current);
  if (stamp.trigger === 'A43' && (prior.length === 0 || same(prior, current)))
    return movedPatient(pair, stamp, current);
  if (prior.length > 0 && !same(prior, current))
    return [priorPatient(pair.mrg, stamp, prior), link(stamp, 'MERGE', current, prior)];
  const former = [...listed(pair.mrg, 4), ...listed(pair.mrg, 2)];
  if (former.length > 0) return [alsoKnownAs(stamp, current, former)];
  if (prior.length === 0) values.fail('MRG-1', 'no usable identifier of the prior record');
  return [];
}

function linkedPatients(
  pids: readonly Identifier[][],
  stamp: EventStamp,
  action: PatientLinkEvent['action'],
  values: Values,
): CanonicalRecord[] {
  const [first, ...others] = pids.filter((identifiers) => identifiers.length > 0);
  if (!first || others.length === 0) values.fail('PID', 'two patients were expected');
  return first ? others.filter((other) => !same(first, other)).map((other) => link(stamp, action, first, other)) : [];
}

/** A51 without a number of a visit but with another patient's identifier is how some senders undo a merge. */
function undoneMerge(pair: Pair, stamp: EventStamp, current: Identifier[]): CanonicalRecord | undefined {
  if (stamp.trigger !== 'A51' || pair.mrg.text(5) || pair.mrg.text(6) || pair.pv1?.text(50)) return undefined;
  const prior = completed(listed(pair.mrg, 1), current);
  return prior.length === 0 || same(prior, current) ? undefined : link(stamp, 'SEPARATE', current, prior);
}

/** What the pair says of a visit; `'OTHER'` when its number is not the one that names visits in this feed. */
function movedVisit(
  pair: Pair,
  stamp: EventStamp,
  meaning: Meaning,
  field: VisitNumberField,
  patientIdentifiers: Identifier[],
  values: Values,
): CanonicalRecord[] | 'OTHER' {
  const { kind, prior } = PLACES[field];
  const common = { type: 'visitLink' as const, ...stamp, patientIdentifiers };
  if (meaning.visits === 'MOVE' && meaning.number === 'ACCOUNT' && kind !== 'ACCOUNT') {
    const account = pair.mrg.text(3) || pair.pid.text(18);
    if (account === '') values.fail('MRG-3', 'no account to move');
    return account === '' ? [] : [{ ...common, action: 'MOVE', account }];
  }
  // A45 names the visit by whatever numbers it; the other events change or merge one kind of number only.
  if (meaning.visits !== 'MOVE' && meaning.number !== kind) return 'OTHER';
  const [name = '', index = ''] = field.split('-');
  const current = (name === 'PID' ? pair.pid : pair.pv1)?.text(Number(index)) ?? '';
  const before = pair.mrg.text(prior);
  if (meaning.visits === 'MOVE') {
    const number = before || current;
    if (number === '') values.fail(`MRG-${prior}`, 'no visit to move');
    if (number === '') return [];
    const renumbered = current !== '' && current !== number;
    return [
      { ...common, action: 'MOVE', visitNumber: number },
      ...(renumbered
        ? [{ ...common, action: 'RENUMBER' as const, visitNumber: current, otherVisitNumber: number }]
        : []),
    ];
  }
  if (current === '') values.fail(field, 'the visit number is missing');
  if (before === '') values.fail(`MRG-${prior}`, 'the prior visit number is missing');
  if (current === '' || before === '' || current === before || meaning.visits === undefined) return [];
  return [{ ...common, action: meaning.visits, visitNumber: current, otherVisitNumber: before }];
}

/** All records of a message about two records: its patients, and what they or their visits are to each other. */
export function identityRecords(
  message: Message,
  stamp: EventStamp,
  field: VisitNumberField,
  values: Values,
): IdentityRecords {
  const meaning = MEANINGS[stamp.trigger] ?? {};
  const people = message.all('PID').map((pid) => ({ pid, identifiers: identifiersOf(pid) }));
  if (people.some(({ identifiers }) => identifiers.length === 0)) values.fail('PID-3', 'no usable patient identifier');
  const known = people.filter(({ identifiers }) => identifiers.length > 0);
  const records: CanonicalRecord[] = known.map(({ pid, identifiers }) => patientOf(pid, stamp, identifiers, values));
  if (meaning.patients === 'LINK' || meaning.patients === 'SEPARATE') {
    const identifiers = known.map((person) => person.identifiers);
    return { records: [...records, ...linkedPatients(identifiers, stamp, meaning.patients, values)] };
  }
  const pairs = pairsOf(message);
  if (pairs.length === 0) values.fail('MRG', 'the segment is missing');
  let other = false;
  for (const pair of pairs) {
    const identifiers = known.find(({ pid }) => pid === pair.pid)?.identifiers;
    if (!identifiers) continue;
    if (meaning.patients) records.push(...mergedPatients(pair, stamp, identifiers, values));
    const undone = undoneMerge(pair, stamp, identifiers);
    if (undone) records.push(undone);
    if (undone || !meaning.visits) continue;
    const visits = movedVisit(pair, stamp, meaning, field, identifiers, values);
    if (visits === 'OTHER') other = true;
    else records.push(...visits);
  }
  return other && !meaning.patients ? { records, ignored: 'OTHER_NUMBER_NOT_KEPT' } : { records };
}
