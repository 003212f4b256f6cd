/** The envelope around transaction sets that the hub writes: ISA, GS, counts and control numbers. */

/** Who sends to whom, when, under which number. */
export interface InterchangeEnvelope {
  /** ISA06 and GS02, at most 15 characters. */
  senderId: string;
  /** ISA08 and GS03, at most 15 characters. */
  receiverId: string;
  /** ISA05 and ISA07, default ZZ. */
  senderQualifier?: string;
  receiverQualifier?: string;
  /** GS02 and GS03 where they differ from ISA06 and ISA08. */
  senderCode?: string;
  receiverCode?: string;
  /** ISA13 and GS06: 1 to 999999999. */
  controlNumber: number;
  /** Local date and time of the sender, `YYYY-MM-DDTHH:mm:ss` (GS04/05). */
  created: string;
  /** ISA15, default P. */
  usage?: 'P' | 'T';
  /** GS08, default 004010; ISA12 follows it. */
  version?: string;
  /** Default `*`, `>` and `~`. */
  separators?: { element: string; component: string; terminator: string };
}

/** A transaction set without its ST and SE. */
export interface WrittenSet {
  /** ST01. */
  code: string;
  segments: readonly (readonly string[])[];
}

/** `20260302` of a date. */
export const compact = (date: string): string => date.replaceAll('-', '');

/** From 005010 on, ISA11 separates repetitions instead of naming a standard. */
const REPETITION = '^';

function header(envelope: InterchangeEnvelope, functionalCode: string, component: string): string[][] {
  const { senderId, receiverId, controlNumber, created, usage = 'P', version = '004010' } = envelope;
  const [date = '', time = ''] = created.split('T');
  const blank = ' '.repeat(10);
  const control = String(controlNumber);
  const clock = time.replaceAll(':', '');
  const [sender, receiver] = [envelope.senderQualifier ?? 'ZZ', envelope.receiverQualifier ?? 'ZZ'];
  const parties = [sender, senderId.padEnd(15), receiver, receiverId.padEnd(15)];
  const standard = version < '00402' ? 'U' : REPETITION;
  const stamp = [
    compact(date).slice(2),
    clock.slice(0, 4),
    standard,
    version.slice(0, 5),
    control.padStart(9, '0'),
    '0',
    usage,
  ];
  const codes = [envelope.senderCode ?? senderId, envelope.receiverCode ?? receiverId];
  return [
    ['ISA', '00', blank, '00', blank, ...parties, ...stamp, component],
    ['GS', functionalCode, ...codes, compact(date), clock, control, 'X', version],
  ];
}

/** ST..SE, numbered inside the group. */
function numbered({ code, segments }: WrittenSet, index: number): string[][] {
  const control = String(index + 1).padStart(4, '0');
  return [['ST', code, control], ...segments.map((one) => [...one]), ['SE', String(segments.length + 2), control]];
}

/** Trailing empty elements say nothing and are left out, as the standard asks. */
function trimmed(elements: readonly string[]): readonly string[] {
  let end = elements.length;
  while (end > 1 && elements[end - 1] === '') end -= 1;
  return elements.slice(0, end);
}

/**
 * One interchange with one functional group (`functionalCode` = GS01).
 * @throws RangeError when a value contains a separator (X12 has no escape for it), or a party or number does not fit.
 */
export function writeInterchange(
  functionalCode: string,
  sets: readonly WrittenSet[],
  envelope: InterchangeEnvelope,
): string {
  const { element, component, terminator } = envelope.separators ?? { element: '*', component: '>', terminator: '~' };
  const { controlNumber, senderId, receiverId } = envelope;
  if (!Number.isInteger(controlNumber) || controlNumber < 1 || controlNumber > 999_999_999)
    throw new RangeError('a control number is a whole number from 1 to 999999999');
  if ([senderId, receiverId].some((id) => id.trim() === '' || id.length > 15))
    throw new RangeError('a party of an interchange has 1 to 15 characters');
  const body = sets.flatMap(numbered);
  const head = header(envelope, functionalCode, component);
  for (const value of [...body.flat(), ...head.map((one) => one.slice(1, -1)).flat()])
    if ([element, terminator, component].some((separator) => value.includes(separator)))
      throw new RangeError('a value contains a separator of the interchange');
  const control = String(controlNumber);
  const segments = [...head, ...body, ['GE', String(sets.length), control], ['IEA', '1', control.padStart(9, '0')]];
  const lineBreak = terminator.trim() === '' ? '' : '\n';
  return segments.map((elements) => trimmed(elements).join(element) + terminator + lineBreak).join('');
}
