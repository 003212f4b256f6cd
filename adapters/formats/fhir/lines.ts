/** NDJSON, line by line: the file is never in memory as a whole, and a bad line is one bad entry. */
import type { Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { decodeText } from '../../tables/text-encoding.ts';

/** A line that is not blank. */
export interface Line {
  /** From 1, blank lines counted. */
  number: number;
  text: string;
}

const NEWLINE = 0x0a;
/** Where the first line of NDJSON must end to be recognised without reading the whole payload. */
const HEAD_BYTES = 1024 * 1024;

/** The first bytes of a payload. */
export const headOf = (source: Source): Promise<Uint8Array> => source.read(0, Math.min(source.size, HEAD_BYTES));

/** The lines of a text. */
export function* linesOf(text: string): Generator<Line> {
  let number = 0;
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end).trim();
    number += 1;
    if (line !== '') yield { number, text: line };
    start = end < 0 ? text.length : end + 1;
  }
}

/** The same, step by step through the bytes. Each line is decoded by itself. */
export async function* streamLines(source: Source): AsyncGenerator<Line[]> {
  let rest: Uint8Array[] = [];
  let number = 0;
  const cut = (bytes: Uint8Array): Line[] => {
    number += 1;
    const text = decodeText(Buffer.concat([...rest, bytes])).trim();
    rest = [];
    return text === '' ? [] : [{ number, text }];
  };
  for await (const chunk of stepsOf(source)) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      lines.push(...cut(chunk.subarray(from, end)));
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.slice(from));
    yield lines;
  }
  if (rest.length > 0) yield cut(new Uint8Array());
}
