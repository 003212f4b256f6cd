/**
 * Answers to HL7 messages: which MSA-1 code says what happened to a frame, in original and in enhanced mode, for frames
 * that can be read and for frames that cannot. Pure: the answer's own control id and time are handed in. The MLLP
 * transport knows nothing of this; the hub gives it `answers()`.
 */

/** What became of a frame. Only STORED is good news; content faults are found later and are never answered (AE). */
export type Outcome =
  /** Committed, now or before (a resend). */
  | 'STORED'
  /** Could not be stored now: the sender shall try again. */
  | 'FAILED'
  /** No message in it; kept as it is. */
  | 'UNREADABLE'
  /** A test or training message (MSH-11) where only production data is taken. */
  | 'REFUSED';

/** What the answer needs of the frame's header. Texts are bytes as signs (one each), so that they go back unchanged. */
export interface Heading {
  /** MSH-10; undefined = the frame cannot be read. */
  controlId: string | undefined;
  /** MSH-11.1. */
  processingId: string;
  /** MSH fields, `fields[10]` is MSH-10. */
  fields: string[];
  encoding: string;
}

const HEADER_MAX = 4_000;
/** MSH-10 is 20 characters up to 2.6 and 199 from 2.7; what is longer is not an id (and no key of ours). */
const CONTROL_ID_MAX = 199;
/** Control signs cannot be told back, nor kept as text. */
const CONTROL_ID = /^[ -~\u00a0-\u00ff]+$/;

/** The first line of the frame, one sign per byte. */
function headerLine(frame: Uint8Array): string {
  const signs: string[] = [];
  for (const byte of frame.subarray(0, HEADER_MAX)) {
    if (byte === 0x0d || byte === 0x0a) {
      if (signs.length > 0) break;
    } else signs.push(String.fromCharCode(byte));
  }
  return signs.join('').trimStart();
}

/** Reads the header as far as it goes; never throws. */
export function readHeading(frame: Uint8Array): Heading {
  const line = headerLine(frame);
  const separator = line.charAt(3);
  if (line.slice(0, 3).toUpperCase() !== 'MSH' || !/^[!-/:-@[-`{-~]$/.test(separator))
    return { controlId: undefined, processingId: '', fields: [], encoding: '^~\\&' };
  const fields = line.split(separator);
  fields.splice(1, 0, separator);
  const encoding = fields[2] ?? '';
  const component = encoding.charAt(0);
  const part = (text: string): string => ((component === '' ? text : text.split(component)[0]) ?? '').trim();
  const id = (fields[10] ?? '').trim();
  const readable =
    /^[!-/:-@[-`{-~]{1,5}$/.test(encoding) &&
    part(fields[9] ?? '') !== '' &&
    CONTROL_ID.test(id) &&
    id.length <= CONTROL_ID_MAX;
  return { controlId: readable ? id : undefined, processingId: part(fields[11] ?? ''), fields, encoding };
}

/** Table 0357 code, ERR-2 location and a sentence for each outcome that is not good. */
const REASONS: Record<Exclude<Outcome, 'STORED'>, { code: string; location: string; text: string }> = {
  FAILED: { code: '207', location: '', text: 'Not stored, try again' },
  UNREADABLE: { code: '100', location: 'MSH', text: 'No readable message header' },
  REFUSED: { code: '202', location: 'MSH^1^11', text: 'Only processing id P is taken here' },
};

/** True when MSH-15 or MSH-16 (AL, NE, ER, SU) asks for an answer to this outcome. */
function wants(condition: string, outcome: Outcome): boolean {
  if (condition === 'NE') return false;
  if (condition === 'ER') return outcome !== 'STORED';
  if (condition === 'SU') return outcome === 'STORED';
  return true;
}

const isEnhanced = ({ fields }: Heading): boolean => Boolean(fields[15]?.trim() || fields[16]?.trim());

/** 2.5 and later know ERR with ERR-2 to ERR-4; what says no version gets the newer form. */
const knowsErr = (version: string): boolean => !/^2\.[0-4](?!\d)/.test(version);

/** `20260302150405+0000`. */
const timeText = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0000`;

function answer(heading: Heading, code: string, outcome: Outcome, own: { controlId: string; at: Date }): Uint8Array {
  const { fields } = heading;
  const field = fields[1] ?? '|';
  const encoding = heading.controlId === undefined ? '^~\\&' : heading.encoding;
  const component = encoding.charAt(0);
  const theirs = (index: number): string => (heading.controlId === undefined ? '' : (fields[index] ?? ''));
  const trigger = theirs(9).split(component)[1] ?? '';
  const type = trigger === '' ? 'ACK' : ['ACK', trigger, 'ACK'].join(component);
  const version = theirs(12) || '2.5.1';
  const header = [
    'MSH',
    encoding,
    theirs(5),
    theirs(6),
    theirs(3),
    theirs(4),
    timeText(own.at),
    '',
    type,
    own.controlId,
  ];
  header.push(theirs(11) || 'P', version, '', '', '', '', '', theirs(18));
  const id = (heading.controlId ?? fields[10] ?? '').slice(0, CONTROL_ID_MAX);
  const segments = [header.join(field).replace(new RegExp(`\\${field}+$`), '')];
  if (outcome === 'STORED') segments.push(['MSA', code, id].join(field));
  else {
    const reason = REASONS[outcome];
    const err = ['ERR', '', reason.location.replaceAll('^', component), reason.code, 'E', '', '', '', reason.text];
    const isNew = knowsErr(version);
    segments.push(['MSA', code, id, ...(isNew ? [] : [reason.text])].join(field));
    if (isNew) segments.push(err.join(field));
  }
  return Uint8Array.from(`${segments.join('\r')}\r`, (sign) => sign.charCodeAt(0));
}

/** The answers of one hub. */
export interface AnswerOptions {
  /** Refuse MSH-11 T and D: true where real feeds run. */
  productionOnly: boolean;
}

/**
 * The answers to a frame, none to two. Original mode (MSH-15 and MSH-16 empty): AA or AR. Enhanced mode: CA or CR when
 * MSH-15 wants it, then AA or AR when MSH-16 wants it: what is stored is accepted, its content is judged later.
 * @param own makes the control id and time of each answer.
 */
export function acknowledge(
  frame: Uint8Array,
  outcome: Outcome,
  own: () => { controlId: string; at: Date },
): Uint8Array[] {
  const heading = readHeading(frame);
  const stored = outcome === 'STORED';
  if (heading.controlId === undefined || !isEnhanced(heading))
    return [answer(heading, stored ? 'AA' : 'AR', outcome, own())];
  const sent: Uint8Array[] = [];
  // An empty MSH-15 or MSH-16 beside a filled one means never.
  const condition = (index: number): string => heading.fields[index]?.trim().toUpperCase() || 'NE';
  if (wants(condition(15), outcome)) sent.push(answer(heading, stored ? 'CA' : 'CR', outcome, own()));
  if (wants(condition(16), outcome)) sent.push(answer(heading, stored ? 'AA' : 'AR', outcome, own()));
  return sent;
}

/** What the MLLP listener asks: the frame's key, whether it may come in at all, and the answers. */
export function answers({ productionOnly }: AnswerOptions): {
  controlIdOf(frame: Uint8Array): string | undefined;
  isRefused(frame: Uint8Array): boolean;
  acknowledge: typeof acknowledge;
} {
  return {
    controlIdOf: (frame) => readHeading(frame).controlId,
    isRefused: (frame) => productionOnly && /^[TD]$/i.test(readHeading(frame).processingId),
    acknowledge,
  };
}
