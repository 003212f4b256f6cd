/**
 * Finds the messages of a payload: one frame's content, MSH segments one after the other, FHS/BHS batches, or a recorded
 * MLLP stream with its 0x0B and 0x1C. Works on bytes, because each message says its own character set (MSH-18).
 */
import type { RecordError } from '../../../src/model/records.ts';
import { decodeMessage } from './charset.ts';
import { delimitersOf, Message } from './split.ts';

/** A message, or why there is none, or what a batch trailer got wrong. Errors beside a message leave it readable. */
export interface Unit {
  /** `message 3`, counted over the payload from 1; `batch 1` and `file 1` for trailers. */
  position: string;
  message?: Message;
  errors: RecordError[];
}

const VT = 0x0b;
const FS = 0x1c;
const CR = 0x0d;
const LF = 0x0a;

/** A record error; `original` is cut to what the model allows. */
export function problem(field: string, message: string, original = ''): RecordError {
  return { code: 'RECORD_INVALID', field, message, original: original.slice(0, 200) };
}

/** A run of lines that belong together: a message, a batch segment, or bytes before any message. */
interface Run {
  start: number;
  end: number;
  /** First three letters, upper case: `MSH`, `FHS`, `BHS`, `BTS`, `FTS`, or whatever the lines begin with. */
  head: string;
}

/** Segments that frame batches and files of messages. */
export const BATCH = new Set(['FHS', 'BHS', 'BTS', 'FTS']);

function headAt(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 3) return '';
  return String.fromCharCode(bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0).toUpperCase();
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09;

/** Cuts the payload into runs. A frame sign, an MSH and every batch segment begin a new one. */
export function* runsOf(bytes: Uint8Array): Generator<Run> {
  let run: Run | undefined;
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = hasMark ? 3 : 0;
  const lineEnd = lineEndsOf(bytes);
  while (at < bytes.length) {
    const end = lineEnd(at);
    let start = at;
    while (start < end && isBlank(bytes[start] ?? 0)) start += 1;
    if (start < end) {
      const head = headAt(bytes, start, end);
      if (run && head !== 'MSH' && !BATCH.has(head) && !BATCH.has(run.head)) run.end = end;
      else {
        if (run) yield run;
        run = { start, end, head };
      }
    }
    const sign = bytes[end];
    if (run && (sign === VT || sign === FS)) {
      yield run;
      run = undefined;
    }
    at = end + 1;
  }
  if (run) yield run;
}

/** Finds the end of the line that begins at a place; a payload whose lines end with CR alone is searched natively. */
function lineEndsOf(bytes: Uint8Array): (at: number) => number {
  const many = [LF, VT, FS].some((sign) => bytes.includes(sign));
  return (at) => {
    if (!many) {
      const end = bytes.indexOf(CR, at);
      return end < 0 ? bytes.length : end;
    }
    let end = at;
    while (end < bytes.length && !isLineEnd(bytes[end])) end += 1;
    return end;
  };
}

const isLineEnd = (byte = 0): boolean => byte <= FS && (byte === CR || byte === LF || byte === VT || byte === FS);

/** MSH-18 (first repetition) of the raw MSH line; read before anything is decoded. */
function charsetOf(line: string): string {
  const field = line.charAt(3);
  // The separator itself is MSH-1, so the part after the 17th separator is MSH-18.
  const text = field === '' ? '' : (line.split(field, 18)[17] ?? '');
  const repetition = line.charAt(5);
  return (repetition === '' || repetition === field ? text : (text.split(repetition)[0] ?? '')).trim();
}

const firstLine = (bytes: Uint8Array): string => {
  let end = 0;
  while (end < bytes.length && end < 4_000 && !isLineEnd(bytes[end])) end += 1;
  // Every byte one sign: enough to find fields before the character set is known.
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
};

/** Reads one run that begins with MSH. */
function readMessage(bytes: Uint8Array, position: string): Unit {
  const { text, fault, decode } = decodeMessage(bytes, charsetOf(firstLine(bytes)));
  // Lines without any sign are no segments; splitting at one sign costs a fraction of splitting at two.
  const lines = (text.includes('\n') ? text.replaceAll('\n', '\r') : text).split('\r').map((line) => line.trimStart());
  const msh = lines[0] ?? '';
  const delimiters = delimitersOf(msh);
  if ('message' in delimiters)
    return { position, errors: [problem(delimiters.field, delimiters.message, msh.slice(3, 20))] };
  const errors: RecordError[] = [];
  if (fault === 'UNKNOWN') errors.push(problem('MSH-18', 'unknown character set; read as UTF-8, else windows-1252'));
  if (fault === 'MISMATCH')
    errors.push(problem('MSH-18', 'the bytes are not in the character set named; read as windows-1252'));
  return { position, message: new Message(lines, delimiters, decode), errors };
}

/** Compares a trailer's own count with what was read; an absent count says nothing. */
function checkTrailer(line: string, position: string, counted: number): Unit | undefined {
  const field = line.startsWith('BTS') ? 'BTS-1' : 'FTS-1';
  const text = (line.split(line.charAt(3))[1] ?? '').trim();
  if (text === '' || (/^\d{1,9}$/.test(text) && Number(text) === counted)) return undefined;
  return { position, errors: [problem(field, `the trailer does not count the ${counted} that were read`, text)] };
}

/** Counts what batch and file trailers claim to count. */
class Tally {
  #messages = 0;
  #batches = 0;
  #batchesInFile = 0;
  #files = 0;

  message(): void {
    this.#messages += 1;
  }

  /** A batch segment; the unit is a trailer whose count is wrong. */
  segment(head: string, line: string): Unit | undefined {
    if (head === 'FHS') this.#batchesInFile = 0;
    if (head === 'FHS' || head === 'BHS') this.#messages = 0;
    if (head === 'BTS') {
      this.#batches += 1;
      this.#batchesInFile += 1;
      return checkTrailer(line, `batch ${this.#batches}`, this.#messages);
    }
    if (head !== 'FTS') return undefined;
    this.#files += 1;
    // Files without batches put their own meaning into FTS-1.
    return this.#batchesInFile === 0 ? undefined : checkTrailer(line, `file ${this.#files}`, this.#batchesInFile);
  }
}

/** Lines that begin with no MSH are the rest of a message, or no HL7 at all. */
const strayReason = (part: Uint8Array): string =>
  /^\s*[A-Z][A-Z0-9]{2}[!-/:-@[-`{-~]/i.test(firstLine(part))
    ? 'segments without an MSH before them'
    : 'this is no HL7: it begins with no MSH and no other segment';

/** The units of a payload, in order. Everything is read whatever the trailers say. */
export function* readUnits(bytes: Uint8Array): Generator<Unit> {
  const tally = new Tally();
  let messages = 0;
  let ended = false;
  for (const run of runsOf(bytes)) {
    const part = bytes.subarray(run.start, run.end);
    if (BATCH.has(run.head)) {
      const unit = tally.segment(run.head, firstLine(part).toUpperCase());
      ended ||= run.head === 'BTS' || run.head === 'FTS';
      if (unit) yield unit;
      continue;
    }
    messages += 1;
    tally.message();
    const position = `message ${messages}`;
    if (run.head === 'MSH') yield readMessage(part, position);
    else yield { position, errors: [problem('MSH', strayReason(part))] };
  }
  // A batch that says it is empty is one; headers alone are what is left of a cut one.
  if (messages === 0 && !ended) yield { position: 'message 1', errors: [problem('MSH', 'no message in the payload')] };
}

/** The bytes of each message of a payload, in order: what `hub send` puts into frames. Batch segments are left out. */
export function* messageBytes(bytes: Uint8Array): Generator<Uint8Array> {
  for (const { head, start, end } of runsOf(bytes)) if (!BATCH.has(head)) yield bytes.subarray(start, end);
}
