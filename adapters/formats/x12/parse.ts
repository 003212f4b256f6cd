/**
 * Text of an X12 file -> segments. The separators come from each ISA itself, by its elements and not by byte counts, because
 * senders pad it wrongly. Blanks, line breaks and a byte order mark around segments mean nothing. One pass, linear; a file may
 * come in pieces. Most segments of a file are never looked into, so a segment is cut into elements only when one is asked for.
 */
import { HeldPayload } from '../../contract.ts';

/** Names of up to three characters, each one string for ever: they are compared all the time. */
const NAMES = new Map<number, string>();

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const isPlain = (code: number): boolean => code > 32 && code < 127;

/** A part of a text without surrounding blanks. */
function trimmed(text: string, from: number, to: number): string {
  if (from >= to) return '';
  const part = text.slice(from, to);
  return isPlain(text.charCodeAt(from)) && isPlain(text.charCodeAt(to - 1)) ? part : part.trim();
}

function nameOf(text: string, from: number, to: number): string {
  if (to - from > 3) return trimmed(text, from, to);
  let key = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 255) return trimmed(text, from, to);
    key = (key << 8) | code;
  }
  let name = NAMES.get(key);
  if (name === undefined) {
    name = text.slice(from, to).trim();
    // Damaged files have names without end; the standard has some thousand.
    if (NAMES.size < 10_000) NAMES.set(key, name);
  }
  return name;
}

/** One segment. `element(1)` is the first element after the name, as the standard counts (BIG02 = element(2)). */
export class Segment {
  /** `BIG`, `IT1`; '' for something that begins with a separator. */
  readonly name: string;
  /** Place in the file, from 1. */
  readonly ordinal: number;
  /** False for a last segment that the file does not terminate. */
  readonly terminated: boolean;
  /** The text that holds the segment, and where it stands there. */
  readonly #text: string;
  readonly #end: number;
  readonly #separator: string;
  readonly #start: number;
  /** The element asked for last and where it begins: the next one asked for mostly follows it. */
  #index = 0;
  #offset: number;

  constructor(text: string, start: number, end: number, separator: string, ordinal: number, terminated: boolean) {
    this.#text = text;
    this.#start = start;
    this.#offset = start;
    this.#end = end;
    this.#separator = separator;
    this.name = nameOf(text, start, this.#until(start));
    this.ordinal = ordinal;
    this.terminated = terminated;
  }

  /** The segment as it was sent. */
  get text(): string {
    return this.#text.slice(this.#start, this.#end);
  }

  /** An element without surrounding blanks; '' when absent. */
  element(index: number): string {
    if (index < this.#index) {
      this.#index = 0;
      this.#offset = this.#start;
    }
    for (; this.#index < index; this.#index += 1) {
      const end = this.#until(this.#offset);
      if (end >= this.#end) return '';
      this.#offset = end + 1;
    }
    return trimmed(this.#text, this.#offset, this.#until(this.#offset));
  }

  /** Where the element that begins at an offset ends. */
  #until(offset: number): number {
    const text = this.#text;
    const separator = this.#separator.charCodeAt(0);
    let at = offset;
    while (at < this.#end && text.charCodeAt(at) !== separator) at += 1;
    return at;
  }
}

interface Separators {
  element: string;
  /** A character, or `\n` for any kind of line break. */
  terminator: string;
}

/** An ISA is 106 characters; blanks may be added or lost, but not many. */
const LONGEST_ISA = 300;
const ISA_ELEMENTS = 16;
/** Ctrl-Z, and what NUL has become. */
const PADDING = ['\u001A', '\uFFFD'];
const PLAIN = /[A-Za-z0-9\s]/;
const isBlank = (character: string): boolean => /[\s\uFEFF]/.test(character);

interface Isa extends Separators {
  /** Length without its terminator, and with it. */
  content: number;
  length: number;
}

/** Reads the ISA at an offset; undefined = it is none. */
function readIsa(text: string, at: number): Isa | undefined {
  if (!text.startsWith('ISA', at)) return undefined;
  const head = text.slice(at, at + LONGEST_ISA);
  const element = head[3] ?? '';
  if (element === '' || PLAIN.test(element)) return undefined;
  let offset = 3;
  for (let count = 1; count < ISA_ELEMENTS; count += 1) {
    offset = head.indexOf(element, offset + 1);
    if (offset < 0) return undefined;
  }
  // ISA16 is one character, the terminator follows; when it is a blank, a line break behind it ends the segments.
  let end = offset + 2;
  while (head[end] === ' ' || head[end] === '\t') end += 1;
  const character = head[end] ?? '';
  const breaks = character === '\r' || character === '\n';
  if (character === '' || (!breaks && (PLAIN.test(character) || character === element))) return undefined;
  return { element, terminator: breaks ? '\n' : character, content: offset + 2, length: end + 1 };
}

/** Offset after the last character that is no blank, Ctrl-Z or padding of old transfer programs; not before `from`. */
function endOfContent(text: string, from: number): number {
  let end = text.length;
  while (end > from && (PADDING.includes(text[end - 1] ?? '') || /\s/.test(text[end - 1] ?? ''))) end -= 1;
  return end;
}

/**
 * Hands out the segments of a text that comes in pieces; an ISA begins with its own separators wherever it stands. `next`
 * answers undefined when more text is needed, or after `end` when there is none left.
 */
export class SegmentScanner {
  #text = '';
  #at = 0;
  /** Where the search for the terminator goes on. */
  #from = 0;
  /** Offsets of the next line feed and carriage return; -1 = none in the text, -2 = not searched. Kept, so that no search starts over. */
  #feed = -2;
  #return = -2;
  #ended = false;
  #ordinal = 0;
  #separators: Separators | null = null;

  /** The next piece of the file. */
  push(text: string): void {
    this.#text = this.#at >= this.#text.length ? text : this.#text.slice(this.#at) + text;
    this.#from = Math.max(0, this.#from - this.#at);
    this.#at = 0;
    this.#feed = -2;
    this.#return = -2;
  }

  /** Nothing follows. */
  end(): void {
    this.#ended = true;
  }

  /** @throws HeldPayload when the file does not begin with a readable ISA: nothing says how to cut it. */
  next(): Segment | undefined {
    this.#skipBlanks();
    if (this.#text.length - this.#at < LONGEST_ISA && !this.#ended && this.#mayBeIsa()) return undefined;
    const isa = readIsa(this.#text, this.#at);
    if (isa) {
      this.#separators = isa;
      return this.#segment(this.#at + isa.content, this.#at + isa.length, true);
    }
    if (!this.#separators)
      throw new HeldPayload('segment 1', 'ISA', 'the file does not begin with a readable interchange header (ISA)');
    const { terminator } = this.#separators;
    const end = terminator === '\n' ? this.#endOfLine() : this.#text.indexOf(terminator, this.#from);
    if (end >= 0) return this.#segment(end, end + 1, true);
    this.#from = this.#text.length;
    return this.#ended ? this.#last() : undefined;
  }

  #segment(end: number, next: number, terminated: boolean): Segment {
    const start = this.#at;
    this.#at = next;
    this.#from = next;
    this.#ordinal += 1;
    return new Segment(this.#text, start, end, this.#separators?.element ?? '', this.#ordinal, terminated);
  }

  /** What the file does not terminate; undefined = only padding. */
  #last(): Segment | undefined {
    const end = endOfContent(this.#text, this.#at);
    if (end > this.#at) return this.#segment(end, this.#text.length, false);
    this.#at = this.#text.length;
    return undefined;
  }

  #mayBeIsa(): boolean {
    return this.#separators === null || 'ISA'.startsWith(this.#text.slice(this.#at, this.#at + 3));
  }

  #skipBlanks(): void {
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED || code === CARRIAGE_RETURN) continue;
      if (isPlain(code) || !isBlank(text[at] ?? '')) break;
    }
    if (at > this.#at) {
      this.#at = at;
      this.#from = Math.max(this.#from, at);
    }
  }

  #endOfLine(): number {
    const { length } = this.#text;
    if (this.#feed !== -1 && this.#feed < this.#from) this.#feed = this.#text.indexOf('\n', this.#from);
    if (this.#return !== -1 && this.#return < this.#from) this.#return = this.#text.indexOf('\r', this.#from);
    const end = Math.min(this.#feed < 0 ? length : this.#feed, this.#return < 0 ? length : this.#return);
    return end < length ? end : -1;
  }
}
