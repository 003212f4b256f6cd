/**
 * Answers to HL7 messages: which MSA-1 code says what happened to a frame, in original and in enhanced mode, for frames
 * that can be read and for frames that cannot. Pure: the answer's own control id and time are handed in. The MLLP
 * transport knows nothing of this; the hub gives it `answers()`. Of the entries of master files mfk.ts tells.
 */
import { type MasterAnswer, masterAnswer, type MasterReading } from './mfk.ts';

/** What became of a frame. Only STORED is good news; what the content says is judged later and never answered. */
export type Outcome =
  /** Committed, now or before (a resend). */
  | 'STORED'
  /** Could not be stored now: the sender shall try again. */
  | 'FAILED'
  /** No message in it; kept as it is. */
  | 'UNREADABLE'
  /** A header without message type or control id; kept as it is, not worth sending again unchanged. */
  | 'INCOMPLETE'
  /** A test or training message (MSH-11) where only production data is taken; not kept. */
  | 'REFUSED'
  /** Not a version 2 message (MSH-12); not kept. */
  | 'VERSION';

/** What the header says before anything is stored: TAKE, or why not. ANSWER is an acknowledgement, which is never answered. */
export type Verdict = 'TAKE' | 'UNREADABLE' | 'INCOMPLETE' | 'REFUSED' | 'VERSION' | 'ANSWER';

/** What the answer needs of the frame's header. Texts are bytes as signs (one each), so that they go back unchanged. */
interface Heading {
  /** False = there is no MSH, or its delimiters cannot be used. */
  readable: boolean;
  /** MSH-10; undefined = the frame has no id, or no message type beside it. */
  controlId: string | undefined;
  /** MSH-9.1 in capitals. */
  type: string;
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
function readHeading(frame: Uint8Array): Heading {
  const line = headerLine(frame);
  const separator = line.charAt(3);
  if (line.slice(0, 3).toUpperCase() !== 'MSH' || !/^[!-/:-@[-`{-~]$/.test(separator))
    return { readable: false, controlId: undefined, type: '', processingId: '', fields: [], encoding: '^~\\&' };
  const fields = line.split(separator);
  fields.splice(1, 0, separator);
  const encoding = fields[2] ?? '';
  const component = encoding.charAt(0);
  const part = (text: string): string => ((component === '' ? text : text.split(component)[0]) ?? '').trim();
  const id = (fields[10] ?? '').trim();
  const type = part(fields[9] ?? '').toUpperCase();
  const readable = /^[!-/:-@[-`{-~]{1,5}$/.test(encoding);
  const complete = readable && type !== '' && CONTROL_ID.test(id) && id.length <= CONTROL_ID_MAX;
  return {
    readable,
    controlId: complete ? id : undefined,
    type,
    processingId: part(fields[11] ?? ''),
    fields,
    encoding,
  };
}

/**
 * For each outcome that is not good: second letter of MSA-1, table 0357 code with its own words, ERR location, a sentence.
 * R = rejected (send again later, or send something else), E = an error in the message (do not send it again unchanged).
 * The words hold letters, digits and blanks only, so that no sender's delimiters can cut them.
 */
interface Reason {
  letter: 'E' | 'R';
  code: string;
  says: string;
  location: string;
  text: string;
}

const REASONS: Record<Exclude<Outcome, 'STORED'>, Reason> = {
  FAILED: { letter: 'R', code: '207', says: 'Application internal error', location: '', text: 'Not stored try again' },
  UNREADABLE: {
    letter: 'R',
    code: '100',
    says: 'Segment sequence error',
    location: 'MSH',
    text: 'No readable message header',
  },
  INCOMPLETE: {
    letter: 'E',
    code: '101',
    says: 'Required field missing',
    location: 'MSH',
    text: 'Message type or control id is missing or unusable',
  },
  REFUSED: {
    letter: 'R',
    code: '202',
    says: 'Unsupported processing id',
    location: 'MSH^1^11',
    text: 'Only processing id P is taken here',
  },
  VERSION: {
    letter: 'R',
    code: '203',
    says: 'Unsupported version id',
    location: 'MSH^1^12',
    text: 'Only version 2 is taken here',
  },
};

/** Entries of a master file that were not taken; MFA tells which and why. */
const entriesMissing = ({ missing }: MasterAnswer): Reason => ({
  letter: 'E',
  code: '204',
  says: 'Unknown key identifier',
  location: 'MFE',
  text: missing === 0 ? 'No entry in it' : `Entries not taken ${missing}`,
});

/** Second letter of MSA-1. */
const letterOf = (outcome: Outcome): string => (outcome === 'STORED' ? 'A' : REASONS[outcome].letter);

/** True when MSH-15 or MSH-16 (AL, NE, ER, SU) asks for an answer to good or to bad news. */
function wants(condition: string, good: boolean): boolean {
  if (condition === 'NE') return false;
  if (condition === 'ER') return !good;
  if (condition === 'SU') return good;
  return true;
}

const isEnhanced = ({ fields }: Heading): boolean => Boolean(fields[15]?.trim() || fields[16]?.trim());

/** 2.5 and later know ERR-2 to ERR-8; what says no version gets the newer form. */
const knowsNewErr = (version: string): boolean => !/^2\.[0-4](?!\d)/.test(version);

/** `20260302150405+0000`. */
const timeText = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0000`;

/** ERR of 2.5 and later: location, code, severity and a sentence in fields of their own. */
function newErr({ code, says, location, text }: Reason, field: string, encoding: string): string {
  const component = encoding.charAt(0);
  const coded = [code, says, 'HL70357'].join(component);
  return ['ERR', '', location.replaceAll('^', component), coded, 'E', '', '', '', text].join(field);
}

/** ERR before 2.5: ERR-1 is segment, sequence, field and code; the code's words are subcomponents where there are any. */
function oldErr({ code, says, location }: Reason, field: string, encoding: string): string {
  const [segment = '', sequence = '', place = ''] = location.split('^');
  const subcomponent = encoding.charAt(3);
  const coded = subcomponent === '' ? code : [code, says, 'HL70357'].join(subcomponent);
  return `ERR${field}${[segment, sequence, place, coded].join(encoding.charAt(0))}`;
}

/** The bytes of an answer: our MSH, then these segments. `type` is ACK, or MFK for the entries of a master file. */
function message(
  heading: Heading,
  own: { controlId: string; at: Date },
  type: 'ACK' | 'MFK',
  segments: readonly string[],
): Uint8Array {
  const { fields } = heading;
  const field = fields[1] ?? '|';
  const encoding = heading.readable ? heading.encoding : '^~\\&';
  const component = encoding.charAt(0);
  const theirs = (index: number): string => (heading.readable ? (fields[index] ?? '') : '');
  const trigger = theirs(9).split(component)[1] ?? '';
  const structure = type === 'MFK' ? 'MFK_M01' : 'ACK';
  const header = [
    'MSH',
    encoding,
    theirs(5),
    theirs(6),
    theirs(3),
    theirs(4),
    timeText(own.at),
    '',
    trigger === '' ? type : [type, trigger, structure].join(component),
    own.controlId,
  ];
  header.push(theirs(11) || 'P', versionOf(heading), '', '', '', '', '', theirs(18));
  const all = [header.join(field).replace(new RegExp(`\\${field}+$`), ''), ...segments];
  return Uint8Array.from(`${all.join('\r')}\r`, (sign) => sign.charCodeAt(0));
}

const versionOf = ({ readable, fields }: Heading): string => (readable && fields[12]) || '2.5.1';
const idOf = ({ controlId, fields }: Heading): string => (controlId ?? fields[10] ?? '').slice(0, CONTROL_ID_MAX);

/** MSA with this code and, where there is a reason, ERR; versions before 2.5 get its sentence in MSA-3. */
function verdictSegments(heading: Heading, code: string, reason: Reason | undefined): string[] {
  const field = heading.fields[1] ?? '|';
  const msa = ['MSA', code, idOf(heading)];
  if (reason === undefined) return [msa.join(field)];
  const isNew = knowsNewErr(versionOf(heading));
  const encoding = heading.readable ? heading.encoding : '^~\\&';
  return [[...msa, ...(isNew ? [] : [reason.text])].join(field), (isNew ? newErr : oldErr)(reason, field, encoding)];
}

/** What became of a message as a whole. */
const answer = (heading: Heading, code: string, outcome: Outcome, own: { controlId: string; at: Date }): Uint8Array =>
  message(heading, own, 'ACK', verdictSegments(heading, code, outcome === 'STORED' ? undefined : REASONS[outcome]));

/** What became of the entries of a master file: AA, or AE when at least one was not taken. */
function answerEntries(heading: Heading, master: MasterAnswer, own: { controlId: string; at: Date }): Uint8Array {
  const reason = master.complete ? undefined : entriesMissing(master);
  const verdict = verdictSegments(heading, reason ? 'AE' : 'AA', reason);
  return message(heading, own, 'MFK', [...verdict, ...master.segments]);
}

/** The answers of one hub. */
interface AnswerOptions {
  /** Refuse MSH-11 T and D: true where real feeds run. */
  productionOnly: boolean;
  /** How the feed reads master files; absent = of their entries nothing is answered. */
  master?: MasterReading;
}

/**
 * The answers to a frame, none to two. Original mode (MSH-15 and MSH-16 empty): AA, AE or AR. Enhanced mode: CA, CE or CR
 * when MSH-15 wants it, then AA, AE or AR when MSH-16 wants it, on the same connection right behind it: what is stored is
 * accepted, its content is judged later. Where MFI-6 asks for the entries of a master file, the application answer is an MFK.
 * An acknowledgement is not answered, or two systems would never fall silent.
 * @param own makes the control id and time of each answer.
 */
export function acknowledge(
  frame: Uint8Array,
  outcome: Outcome,
  own: () => { controlId: string; at: Date },
  reading?: MasterReading,
): Uint8Array[] {
  const heading = readHeading(frame);
  const letter = letterOf(outcome);
  if (isAnswer(heading)) return [];
  const enhanced = heading.readable && isEnhanced(heading);
  // An empty MSH-15 or MSH-16 beside a filled one means never.
  const condition = (index: number): string => heading.fields[index]?.trim().toUpperCase() || 'NE';
  const sent: Uint8Array[] = [];
  if (enhanced && wants(condition(15), outcome === 'STORED')) sent.push(answer(heading, `C${letter}`, outcome, own()));
  const applied = enhanced ? condition(16) : 'AL';
  if (applied === 'NE') return sent;
  const ours = own();
  const master =
    outcome === 'STORED' && heading.type === 'MFN' && reading !== undefined
      ? masterAnswer(frame, reading, timeText(ours.at))
      : undefined;
  if (wants(applied, outcome === 'STORED' && master?.complete !== false))
    sent.push(master ? answerEntries(heading, master, ours) : answer(heading, `A${letter}`, outcome, ours));
  return sent;
}

/** MSH-9.1 of general acknowledgements, of those to master files and of the delayed ones of old versions. */
const isAnswer = ({ type }: Heading): boolean => ['ACK', 'MFK', 'MCF'].includes(type);

function verdictOf(heading: Heading, productionOnly: boolean): Verdict {
  if (!heading.readable) return 'UNREADABLE';
  if (isAnswer(heading)) return 'ANSWER';
  if (productionOnly && /^[TD]$/i.test(heading.processingId)) return 'REFUSED';
  const version = heading.fields[12]?.trim() ?? '';
  if (version !== '' && !/^2(?!\d)/.test(version)) return 'VERSION';
  return heading.controlId === undefined ? 'INCOMPLETE' : 'TAKE';
}

/** What the MLLP listener asks: the frame's key and whether it may come in, and the answers. */
export function answers({ productionOnly, master }: AnswerOptions): {
  examine(frame: Uint8Array): { controlId: string | undefined; verdict: Verdict };
  acknowledge(frame: Uint8Array, outcome: Outcome, own: () => { controlId: string; at: Date }): Uint8Array[];
} {
  return {
    examine: (frame) => {
      const heading = readHeading(frame);
      return { controlId: heading.controlId, verdict: verdictOf(heading, productionOnly) };
    },
    acknowledge: (frame, outcome, own) => acknowledge(frame, outcome, own, master),
  };
}
