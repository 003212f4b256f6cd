/**
 * Text of an X12 file -> segments. The separators come from each ISA itself, by its elements and not by byte counts, because
 * senders pad it wrongly. Blanks, line breaks and a byte order mark around segments mean nothing. One pass, linear.
 */
import { HeldPayload } from '../../contract.ts';

/** One segment. `element(1)` is the first element after the name, as the standard counts (BIG02 = element(2)). */
export class Segment {
  /** Place in the file, from 1. */
  readonly ordinal: number;
  /** False for a last segment that the file does not terminate. */
  readonly terminated: boolean;
  readonly #elements: readonly string[];

  constructor(elements: readonly string[], ordinal: number, terminated: boolean) {
    this.#elements = elements;
    this.ordinal = ordinal;
    this.terminated = terminated;
  }

  /** `BIG`, `IT1`; '' for something that begins with a separator. */
  get name(): string {
    return this.element(0);
  }

  /** Number of elements after the name. */
  get length(): number {
    return this.#elements.length - 1;
  }

  /** An element without surrounding blanks; '' when absent. */
  element(index: number): string {
    return this.#elements[index]?.trim() ?? '';
  }
}

interface Separators {
  element: string;
  /** A character, or `\n` for any kind of line break. */
  terminator: string;
  /** Offset after the ISA's terminator. */
  next: number;
  elements: string[];
}

/** An ISA is 106 characters; blanks may be added or lost, but not many. */
const LONGEST_ISA = 300;
const ISA_ELEMENTS = 16;
/** Ctrl-Z, and what NUL has become. */
const PADDING = ['\u001A', '\uFFFD'];
const PLAIN = /[A-Za-z0-9\s]/;

/** Reads the ISA at an offset; undefined = it is none. */
function readIsa(text: string, at: number): Separators | undefined {
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
  const elements = head.slice(0, offset + 2).split(element);
  return { element, terminator: breaks ? '\n' : character, next: at + end + 1, elements };
}

function endOfSegment(text: string, from: number, terminator: string): number {
  if (terminator !== '\n') {
    const end = text.indexOf(terminator, from);
    return end < 0 ? text.length : end;
  }
  let end = from;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

/** Offset of the next character that is no blank, line break or byte order mark. */
function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && /[\s\uFEFF]/.test(text[at] ?? '')) at += 1;
  return at;
}

/** Offset after the last character that is no blank, Ctrl-Z or padding of old transfer programs. */
function endOfContent(text: string): number {
  let end = text.length;
  while (end > 0 && (PADDING.includes(text[end - 1] ?? '') || /\s/.test(text[end - 1] ?? ''))) end -= 1;
  return end;
}

/**
 * All segments of a file; an ISA begins with its own separators wherever it stands.
 * @throws HeldPayload when the file does not begin with a readable ISA: nothing says how to cut it.
 */
export function* segmentsOf(text: string): Generator<Segment> {
  const body = text.slice(0, endOfContent(text));
  let at = skipBlanks(body, 0);
  let separators = readIsa(body, at);
  if (!separators)
    throw new HeldPayload('segment 1', 'ISA', 'the file does not begin with a readable interchange header (ISA)');
  let ordinal = 1;
  yield new Segment(separators.elements, ordinal, true);
  at = separators.next;
  for (;;) {
    at = skipBlanks(body, at);
    if (at >= body.length) return;
    ordinal += 1;
    const isa = readIsa(body, at);
    if (isa) {
      separators = isa;
      at = isa.next;
      yield new Segment(isa.elements, ordinal, true);
      continue;
    }
    const end = endOfSegment(body, at, separators.terminator);
    const terminated = end < (separators.terminator === '\n' ? text.length : body.length);
    yield new Segment(body.slice(at, end).split(separators.element), ordinal, terminated);
    at = end + 1;
  }
}
