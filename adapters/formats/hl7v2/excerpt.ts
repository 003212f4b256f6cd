/**
 * The messages and trailers at some positions (`message 3`, `batch 1`) of a payload of any size: it is walked through line by
 * line, and only what is asked for is kept.
 */
import type { Excerpt, Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { BATCH } from './parse.ts';
import { treeOf } from './tree.ts';

const CR = 0x0d;
/** Bytes kept of a line, and lines of a message. */
const LINE_MOST = 16 * 1024;
const LINES_MOST = 500;

const isEnd = (byte: number): boolean => byte === CR || byte === 0x0a || byte === 0x0b || byte === 0x1c;
const isFrame = (byte: number): boolean => byte === 0x0b || byte === 0x1c;

/** A line, and whether a frame ends behind it. */
interface Line {
  bytes: Uint8Array;
  framed: boolean;
}

/** The lines of a payload, cut where they are very long. */
async function* linesOf(source: Source): AsyncGenerator<Line> {
  let kept: Uint8Array[] = [];
  let size = 0;
  const keep = (part: Uint8Array): void => {
    if (size < LINE_MOST && part.length > 0) kept.push(part.subarray(0, LINE_MOST - size));
    size += part.length;
  };
  for await (const step of stepsOf(source)) {
    let start = 0;
    for (let at = 0; at < step.length; at += 1) {
      const byte = step[at] ?? 0;
      if (!isEnd(byte)) continue;
      keep(step.subarray(start, at));
      yield { bytes: Buffer.concat(kept), framed: isFrame(byte) };
      kept = [];
      size = 0;
      start = at + 1;
    }
    keep(Uint8Array.from(step.subarray(start)));
  }
  yield { bytes: Buffer.concat(kept), framed: false };
}

const withoutBlanks = (line: Uint8Array): Uint8Array => {
  let start = 0;
  while (line[start] === 0x20 || line[start] === 0x09) start += 1;
  return line.subarray(start);
};
const hasMark = (line: Uint8Array): boolean => line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
const headOf = (line: Uint8Array): string => String.fromCharCode(...line.subarray(0, 3)).toUpperCase();

/** Counts runs of lines as parse.ts does. */
class Positions {
  #head = '';
  #messages = 0;
  #batches = 0;
  #files = 0;

  /** Position that a line begins; '' = it goes on with the message before it. */
  of(head: string): string {
    const goes = this.#head !== '' && head !== 'MSH' && !BATCH.has(head) && !BATCH.has(this.#head);
    if (goes) return '';
    this.#head = head;
    if (!BATCH.has(head)) return `message ${(this.#messages += 1)}`;
    if (head === 'BTS') return `batch ${(this.#batches += 1)}`;
    return head === 'FTS' ? `file ${(this.#files += 1)}` : 'header';
  }

  /** A frame ends. */
  cut(): void {
    this.#head = '';
  }
}

/** What was kept of a position. */
function excerptOf(position: string, lines: readonly Uint8Array[]): Excerpt {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Uint8Array.of(CR)]));
  const [unit] = position.startsWith('message') ? treeOf(bytes) : [];
  const text = new TextDecoder()
    .decode(bytes)
    .split('\r')
    .filter((line) => line !== '');
  return { position, lines: text, ...(unit === undefined ? {} : { unit: { ...unit, position } }) };
}

/** What stands at these positions. */
export async function* excerpts(source: Source, positions: ReadonlySet<string>): AsyncGenerator<Excerpt> {
  const places = new Positions();
  let open: { position: string; lines: Uint8Array[] } | undefined;
  let first = true;
  for await (const { bytes, framed } of linesOf(source)) {
    const line = withoutBlanks(first && hasMark(bytes) ? bytes.subarray(3) : bytes);
    first = false;
    if (line.length > 0) {
      const position = places.of(headOf(line));
      if (position !== '') {
        if (open) yield excerptOf(open.position, open.lines);
        open = positions.has(position) ? { position, lines: [] } : undefined;
      }
      if (open && open.lines.length < LINES_MOST) open.lines.push(line);
    }
    if (framed) places.cut();
  }
  if (open) yield excerptOf(open.position, open.lines);
}
