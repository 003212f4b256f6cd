/** 997 and 999 -> what a partner says of a group that we sent; TA1 -> of an interchange. Values in them are not repeated. */
import type { AcknowledgedSet, AcknowledgementRecord, RecordError } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { createdAt } from './dates.ts';
import { invalid, withoutZeros } from './envelope.ts';
import type { InterchangeAcknowledgement, TransactionSet } from './envelope.ts';
import type { Segment } from './parse.ts';

const LONGEST = 64;
const bounded = (text: string): string => text.slice(0, LONGEST);
const count = (text: string): number | null => (/^\d{1,9}$/.test(text) ? Number(text) : null);
const codes = (segment: Segment | undefined, from: number, to: number): string[] => {
  const found: string[] = [];
  for (let at = from; at <= to; at += 1)
    if (segment && segment.element(at) !== '') found.push(bounded(segment.element(at)));
  return found;
};

/** `IT1 22: 8`, `IT1 22/4: 7`: segment, its place in the set, element, code; no value of it. */
function fault(segment: Segment, before: string): string {
  if (segment.name === 'AK3' || segment.name === 'IK3')
    return `${segment.element(1)} ${segment.element(2)}: ${codes(segment, 4, 4).join('')}`;
  const element = segment.element(1).replaceAll(/[^0-9:>]/g, '');
  return `${before.split(':')[0] ?? ''}/${element}: ${segment.element(3)}`;
}

function setsOf(segments: readonly Segment[]): AcknowledgedSet[] {
  const sets: AcknowledgedSet[] = [];
  let place = '';
  for (const segment of segments) {
    const set = sets.at(-1);
    if (segment.name === 'AK2') {
      const controlNumber = withoutZeros(bounded(segment.element(2)));
      sets.push({ code: bounded(segment.element(1)), controlNumber, status: '', faults: [] });
      place = '';
    } else if (!set) continue;
    else if (/^[AI]K[34]$/.test(segment.name)) {
      const text = bounded(fault(segment, place));
      if (segment.name.endsWith('3')) place = text;
      set.faults.push(text);
    } else if (segment.name === 'AK5' || segment.name === 'IK5') {
      set.status = bounded(segment.element(1));
      set.faults.push(...codes(segment, 2, 6).map((code) => `set: ${code}`));
    }
  }
  return sets;
}

/** A 997 or 999. */
export function mapAcknowledgement(set: TransactionSet, kind: '997' | '999', context: FormatContext): Parsed {
  const { position, segments } = set;
  const ak1 = segments.find(({ name }) => name === 'AK1');
  const ak9 = segments.find(({ name }) => name === 'AK9');
  const errors: RecordError[] = [];
  if (!ak1 || ak1.element(2) === '')
    errors.push(invalid('AK1-02', 'expected the control number of the acknowledged group', ''));
  if (!ak9 || ak9.element(1) === '') errors.push(invalid('AK9-01', 'expected the answer for the group', ''));
  if (!ak1 || !ak9 || errors.length > 0) return { position, records: [], errors };
  const record: AcknowledgementRecord = {
    type: 'acknowledgement',
    kind,
    partner: set.isa.element(6),
    functionalCode: bounded(ak1.element(1)),
    controlNumber: withoutZeros(bounded(ak1.element(2))),
    status: bounded(ak9.element(1)),
    setsIncluded: count(ak9.element(2)),
    setsReceived: count(ak9.element(3)),
    setsAccepted: count(ak9.element(4)),
    notes: codes(ak9, 5, 9),
    sets: setsOf(segments),
    createdAt: createdAt(set.gs, context.zone),
  };
  return { position, records: [record], errors };
}

/** A TA1. */
export function mapInterchangeAcknowledgement({ position, isa, ta1 }: InterchangeAcknowledgement): Parsed {
  const errors: RecordError[] = [];
  if (ta1.element(1) === '') errors.push(invalid('TA1-01', 'expected the control number of the interchange', ''));
  if (ta1.element(4) === '') errors.push(invalid('TA1-04', 'expected the answer for the interchange', ''));
  if (errors.length > 0) return { position, records: [], errors };
  const record: AcknowledgementRecord = {
    type: 'acknowledgement',
    kind: 'TA1',
    partner: isa.element(6),
    functionalCode: '',
    controlNumber: withoutZeros(bounded(ta1.element(1))),
    status: bounded(ta1.element(4)),
    setsIncluded: null,
    setsReceived: null,
    setsAccepted: null,
    notes: codes(ta1, 5, 5).filter((code) => code !== '000'),
    sets: [],
    createdAt: null,
  };
  return { position, records: [record], errors };
}
