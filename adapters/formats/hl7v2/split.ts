/**
 * Splits one HL7 v2 message into segments, fields, repetitions, components and subcomponents with whatever delimiters its
 * own MSH-1 and MSH-2 declare. Segments are split when they are asked for, fields once per segment, values when read:
 * a message of which the hub keeps five segments costs five segments. Everything is linear in the text.
 */
import type { Stated } from '../../../src/model/records.ts';

/** The separators of one message (MSH-1, MSH-2). `''` = this message has none of that kind. */
export interface Delimiters {
  field: string;
  component: string;
  repetition: string;
  escape: string;
  subcomponent: string;
  /** MSH-2.5 of 2.7 and later, `#`. */
  truncation: string;
}

/** What can be wrong with MSH-1 and MSH-2: the field, and why. */
export interface DelimiterFault {
  field: 'MSH-1' | 'MSH-2';
  message: string;
}

/** Decodes the bytes of `\Xhh..\` with the message's own character set. */
export type DecodeBytes = (bytes: Uint8Array) => string;

const usable = (character: string): boolean => /^[!-/:-@[-`{-~]$/.test(character);

/** Reads the delimiters from the text of an MSH segment. */
export function delimitersOf(msh: string): Delimiters | DelimiterFault {
  const field = msh.charAt(3);
  if (!usable(field)) return { field: 'MSH-1', message: 'the field separator must be a printable ASCII sign' };
  const end = msh.indexOf(field, 4);
  const encoding = (end < 0 ? msh.slice(4) : msh.slice(4, end)).trimEnd();
  const all = [field, ...encoding.split('')];
  if (encoding === '' || encoding.length > 5 || !all.every(usable) || new Set(all).size !== all.length)
    return { field: 'MSH-2', message: 'one to five different printable ASCII signs were expected' };
  const at = (index: number): string => encoding.charAt(index);
  return { field, component: at(0), repetition: at(1), escape: at(2), subcomponent: at(3), truncation: at(4) };
}

/**
 * Replaces escape sequences. `\.br\` is a line break, `\H\` and `\N\` (highlighting) vanish, unknown ones stay as they
 * are. Called after splitting only: an escaped delimiter never separates anything.
 */
export function unescape(text: string, delimiters: Delimiters, decode: DecodeBytes): string {
  const sign = delimiters.escape;
  if (sign === '' || !text.includes(sign)) return text;
  const pieces: string[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf(sign, at);
    const close = open < 0 ? -1 : text.indexOf(sign, open + 1);
    if (close < 0) break;
    const meaning = meaningOf(text.slice(open + 1, close), delimiters, decode);
    pieces.push(text.slice(at, open));
    // An unknown sequence stays; its closing sign may open the next one.
    if (meaning === undefined) pieces.push(text.slice(open, close));
    else pieces.push(meaning);
    at = meaning === undefined ? close : close + 1;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

function meaningOf(sequence: string, delimiters: Delimiters, decode: DecodeBytes): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation || '#';
    case 'H':
    case 'N':
      return '';
    case '.br':
      return '\n';
    default:
      return /^X(?:[0-9A-Fa-f]{2})+$/.test(sequence) ? decode(hexBytes(sequence.slice(1))) : undefined;
  }
}

function hexBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  return bytes;
}

const NONE: Repetition[] = [];

const cut = (text: string, separator: string): string[] =>
  separator === '' || !text.includes(separator) ? [text] : text.split(separator);

/** One repetition of a field: components counted from 1, subcomponents from 1. */
export class Repetition {
  readonly #raw: string;
  readonly #message: Message;
  readonly #components: string[];
  constructor(raw: string, message: Message) {
    this.#raw = raw;
    this.#message = message;
    this.#components = cut(raw, message.delimiters.component);
  }

  /**
   * The decoded, trimmed value of a component's subcomponent; absent when empty, null when the sender deletes it (`""`
   * as the component or as the whole field).
   */
  value(component = 1, subcomponent = 1): Stated<string> {
    if (this.#raw === '""') return null;
    const text = this.#components[component - 1] ?? '';
    if (text === '') return undefined;
    if (text === '""') return null;
    const { subcomponent: sign } = this.#message.delimiters;
    const whole = sign === '' || !text.includes(sign);
    const part = (whole ? (subcomponent === 1 ? text : '') : (text.split(sign)[subcomponent - 1] ?? '')).trim();
    if (part === '') return undefined;
    return part === '""' ? null : this.#message.decode(part).trim();
  }

  /** The value as text; '' when absent or deleted. */
  text(component = 1, subcomponent = 1): string {
    return this.value(component, subcomponent) ?? '';
  }
}

/** One segment; fields are counted as the standard counts them: `field(3)` of a PID is PID-3, `field(1)` of MSH is its separator. */
export class Segment {
  readonly name: string;
  readonly #line: string;
  readonly #message: Message;
  readonly #repetitions: (Repetition[] | undefined)[] = [];
  #fields: string[] | undefined;
  constructor(name: string, line: string, message: Message) {
    this.name = name;
    this.#line = line;
    this.#message = message;
  }

  /** The field's text as sent, with its repetitions and escapes; '' when absent. */
  field(index: number): string {
    this.#fields ??= this.#split();
    return this.#fields[index] ?? '';
  }

  /** One more than the number of the last field. */
  get size(): number {
    this.#fields ??= this.#split();
    return this.#fields.length;
  }

  /** The field's repetitions that hold anything. MSH-2 never repeats: it holds the separators themselves. */
  repetitions(index: number): Repetition[] {
    const text = this.field(index);
    if (text === '') return NONE;
    const known = this.#repetitions[index];
    if (known) return known;
    const { repetition } = this.#message.delimiters;
    const found: Repetition[] = [];
    if (repetition === '' || !text.includes(repetition)) found.push(new Repetition(text, this.#message));
    else for (const part of text.split(repetition)) if (part !== '') found.push(new Repetition(part, this.#message));
    this.#repetitions[index] = found;
    return found;
  }

  /** Value of the field's first repetition; see {@link Repetition.value}. */
  value(index: number, component = 1, subcomponent = 1): Stated<string> {
    return this.repetitions(index)[0]?.value(component, subcomponent);
  }

  /** As {@link value}, '' when absent or deleted. */
  text(index: number, component = 1, subcomponent = 1): string {
    return this.value(index, component, subcomponent) ?? '';
  }

  #split(): string[] {
    const { field } = this.#message.delimiters;
    const fields = this.#line.split(field);
    if (this.name === 'MSH') fields.splice(1, 0, field);
    return fields;
  }
}

/** One message: its segments in order. */
export class Message {
  readonly segments: Segment[] = [];
  readonly delimiters: Delimiters;
  readonly #decodeBytes: DecodeBytes;

  /** @param lines the segments' texts; the first is the MSH from which `delimiters` were read. */
  constructor(lines: string[], delimiters: Delimiters, decodeBytes: DecodeBytes) {
    this.delimiters = delimiters;
    this.#decodeBytes = decodeBytes;
    for (const line of lines) {
      const next = line.charAt(3);
      if (next !== '' && next !== delimiters.field) continue;
      // Some senders write segment names in lower case; a line that begins with no name is the rest of a broken one.
      const name = line.slice(0, 3).toUpperCase();
      if (/^[A-Z][A-Z0-9]{2}$/.test(name)) this.segments.push(new Segment(name, line, this));
    }
  }

  /** The first segment of that name. */
  first(name: string): Segment | undefined {
    for (const segment of this.segments) if (segment.name === name) return segment;
    return undefined;
  }

  /** All segments of that name. */
  all(name: string): Segment[] {
    return this.segments.filter((segment) => segment.name === name);
  }

  /** Replaces the escapes of a value. */
  decode(text: string): string {
    return unescape(text, this.delimiters, this.#decodeBytes);
  }
}
