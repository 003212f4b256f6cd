/** The rows of a declared file, whatever it is: delimited lines, lines of fixed width, or the rows of a workbook's sheet. */
import type { Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { readSheet } from '../../tables/workbook.ts';
import type { ExtractOptions } from './options.ts';
import { type Row, RowCutter, rowOf, type Shape } from './parse.ts';

const HEAD_BYTES = 64 * 1024;

/**
 * The rows of a file in order, some at a time; titles that the declaration passes over are not among them. `shape.width` may be
 * set while it reads: it tells rows with line breaks in quotes from damage.
 */
export async function* readFileRows(
  source: Source,
  options: ExtractOptions,
  width: () => number,
): AsyncGenerator<readonly Row[]> {
  let skipped = 0;
  for await (const rows of options.sheet === null
    ? cutLines(source, options, width)
    : sheetRows(source, options.sheet)) {
    const from = Math.min(rows.length, options.skip - skipped);
    skipped += from;
    yield from === 0 ? rows : rows.slice(from);
  }
}

async function* cutLines(source: Source, options: ExtractOptions, width: () => number): AsyncGenerator<readonly Row[]> {
  const lineEnd = (await hasLineFeed(source, options.encoding)) ? '\n' : '\r';
  const { delimiter, fixed } = options;
  const shape: Shape = {
    delimiter,
    lineEnd,
    fields: fixed && [...fixed.values()],
    get width() {
      return width();
    },
  };
  const cutter = new RowCutter(shape);
  const decoder = new TextDecoder(options.encoding);
  for await (const bytes of wholeLines(stepsOf(source), options.encoding))
    yield* cut(cutter, decoder.decode(bytes, { stream: true }), false, width);
  yield* cut(cutter, decoder.decode(), true, width);
}

/** The same bytes in steps that end with a line: a row that lies in two of them costs that their texts are joined. */
async function* wholeLines(steps: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  let left: Uint8Array = new Uint8Array(0);
  for await (const bytes of steps) {
    const end = encoding.startsWith('utf-16') ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
    // A step without any line end is handed on: what is held must not grow.
    const to = end === 0 ? bytes.length : end;
    const joined = left.length === 0 ? 0 : end === 0 ? to : bytes.indexOf(LINE_FEED) + 1;
    if (left.length > 0) yield Buffer.concat([left, bytes.subarray(0, joined)]);
    if (joined < to) yield bytes.subarray(joined, to);
    left = bytes.subarray(to);
  }
  if (left.length > 0) yield left;
}

/** One by one up to the header: those behind it are cut by its width, in whatever steps the file is read. */
function* cut(cutter: RowCutter, text: string, last: boolean, width: () => number): Generator<readonly Row[]> {
  cutter.push(text, last);
  while (width() === 0) {
    const row = cutter.next();
    if (!row) return;
    yield [row];
  }
  yield cutter.rows();
}

async function* sheetRows(source: Source, sheet: string | number): AsyncGenerator<readonly Row[]> {
  for await (const rows of readSheet(source, sheet))
    yield rows.map(({ number, cells }) => rowOf(number, cells.join(' '), cells, ''));
}

/** Units of an encoding: code units of two bytes, else bytes; line ends and blanks are one unit in each. */
export function unitsOf(bytes: Uint8Array, encoding: string): (at: number) => number {
  if (encoding === 'utf-16le') return (at) => (bytes[2 * at] ?? 0) + 256 * (bytes[2 * at + 1] ?? 0);
  if (encoding === 'utf-16be') return (at) => 256 * (bytes[2 * at] ?? 0) + (bytes[2 * at + 1] ?? 0);
  return (at) => bytes[at] ?? 0;
}

/** Bytes of a unit. */
export const widthOf = (encoding: string): number => (encoding.startsWith('utf-16') ? 2 : 1);

export const LINE_FEED = 10;

async function hasLineFeed(source: Source, encoding: string): Promise<boolean> {
  const bytes = await source.read(0, HEAD_BYTES);
  const unit = unitsOf(bytes, encoding);
  const count = Math.floor(bytes.length / widthOf(encoding));
  for (let at = 0; at < count; at++) if (unit(at) === LINE_FEED) return true;
  return false;
}
