/** A received functional group -> the 997 that answers it: the parties turned round, each set with its fate. */
import type { FunctionalGroupRecord, ReceivedSet } from '../../../src/model/records.ts';
import { writeInterchange } from './write-envelope.ts';

/** Number and time of a 997: what the group does not say. */
export interface AcknowledgementEnvelope {
  /** Ours, unique for the partner. */
  controlNumber: number;
  /** Local date and time, `YYYY-MM-DDTHH:mm:ss`. */
  created: string;
}

const answer = ({ code, controlNumber, status, faults }: ReceivedSet): string[][] => [
  ['AK2', code, controlNumber],
  ['AK5', status, ...faults.slice(0, 5)],
];

/** AK901: all accepted, accepted with errors, part of them, none. */
function groupStatus(sets: readonly ReceivedSet[]): 'A' | 'E' | 'P' | 'R' {
  const refused = sets.filter(({ status }) => status === 'R').length;
  if (refused > 0) return refused === sets.length ? 'R' : 'P';
  return sets.some(({ status }) => status === 'E') ? 'E' : 'A';
}

/** Element 716: the number of sets differs from GE01; the group has no trailer. */
function groupFaults({ setsIncluded, sets }: FunctionalGroupRecord): string[] {
  if (setsIncluded === null) return ['3'];
  return setsIncluded === sets.length ? [] : ['5'];
}

/**
 * One interchange with one 997.
 * @throws RangeError when the group names no parties, or a control number of the partner contains a separator.
 */
export function write997(group: FunctionalGroupRecord, envelope: AcknowledgementEnvelope): string {
  const accepted = group.sets.filter(({ status }) => status !== 'R').length;
  const segments = [
    ['AK1', group.functionalCode, group.controlNumber],
    ...group.sets.flatMap(answer),
    [
      'AK9',
      groupStatus(group.sets),
      String(group.setsIncluded ?? group.sets.length),
      String(group.sets.length),
      String(accepted),
      ...groupFaults(group),
    ],
  ];
  return writeInterchange('FA', [{ code: '997', segments }], {
    senderId: group.own,
    receiverId: group.partner,
    senderQualifier: group.ownQualifier,
    receiverQualifier: group.partnerQualifier,
    senderCode: group.ownCode,
    receiverCode: group.partnerCode,
    usage: group.usage === 'T' ? 'T' : 'P',
    ...envelope,
  });
}
