/** A claim extract from bytes to units: trailer, encoding, header, then one unit per row. */
import type { FormatContext, Parsed, Source } from '../../contract.ts';
import { HeldPayload } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { Cells, recordError } from './cells.ts';
import { mapRow } from './map.ts';
import type { ExtractOptions, Trailer } from './options.ts';
import { readOptions } from './options.ts';
import type { Row, Shape } from './parse.ts';
import { RowCutter } from './parse.ts';

/** Where the declared trailer and the kind of line end are looked for. */
const TAIL_BYTES = 1024 * 1024;
const HEAD_BYTES = 64 * 1024;

/**
 * Reads an extract lazily, step by step through its bytes.
 * @throws HeldPayload when the header lacks a mapped column, a declared trailer is missing (12.19), or it is no extract.
 */
export async function* readExtract(source: Source, context: FormatContext): AsyncGenerator<readonly Parsed[]> {
  const { options } = readOptions(context.options);
  const head = new TextDecoder(options.encoding).decode(await source.read(0, Math.min(source.size, HEAD_BYTES)));
  const foreign = foreignPayload(head);
  if (foreign !== null) throw new HeldPayload('file', 'header', `${foreign}; expected a claim extract`);
  const trailer = options.trailer ? await findTrailer(source, options.encoding) : { start: source.size, text: '' };
  const body: Source = {
    size: trailer.start,
    step: source.step,
    read: (from, to) => source.read(from, Math.min(to, trailer.start)),
  };
  const lineEnd = (await hasLineFeed(body, options.encoding)) ? '\n' : '\r';
  const reading = new ExtractReading(options, context.zone, lineEnd, trailer.text);
  const decoder = new TextDecoder(options.encoding);
  for await (const bytes of stepsOf(body)) yield reading.read(decoder.decode(bytes, { stream: true }), false);
  yield reading.read(decoder.decode(), true);
}

/** Where the columns of this file stand. */
interface Layout {
  places: ReadonlyMap<string, number>;
  width: number;
}

/** An extract while its text comes in. */
class ExtractReading {
  readonly #options: ExtractOptions;
  readonly #zone: string;
  readonly #trailer: string;
  readonly #shape: Shape;
  readonly #cutter: RowCutter;
  #columns: readonly string[] | undefined;
  #layout: Layout | undefined;
  #count = 0;

  constructor(options: ExtractOptions, zone: string, lineEnd: '\n' | '\r', trailer: string) {
    this.#options = options;
    this.#zone = zone;
    this.#trailer = trailer;
    this.#shape = { delimiter: options.delimiter, width: options.columns?.length ?? 0, lineEnd };
    this.#cutter = new RowCutter(this.#shape);
    if (options.columns) this.#begin(options.columns);
  }

  read(text: string, last: boolean): Parsed[] {
    const units: Parsed[] = [];
    for (const row of this.#cutter.cut(text, last)) {
      if (this.#layout) {
        this.#count++;
        units.push(readRow(row, this.#layout, this.#options, this.#zone));
      } else this.#begin(readHeader(row, this.#options));
    }
    if (!last) return units;
    if (!this.#layout) this.#begin(readHeader(undefined, this.#options));
    const { trailer } = this.#options;
    if (trailer) units.push(...checkCount(this.#trailer, this.#count, this.#columns ?? [], this.#options, trailer));
    return units;
  }

  #begin(columns: readonly string[]): void {
    const { trailer, delimiter } = this.#options;
    if (trailer) checkTrailerLine(this.#trailer, trailer, columns, delimiter);
    this.#columns = columns;
    this.#layout = { places: new Map(columns.map((name, at) => [name, at])), width: columns.length };
    this.#shape.width = columns.length;
  }
}

function readRow(row: Row, { places, width }: Layout, options: ExtractOptions, zone: string): Parsed {
  const position = `line ${row.line}`;
  const reject = (message: string): Parsed => ({ position, records: [], errors: [recordError('', message, row.text)] });
  if (!row.cells) return reject(row.fault);
  if (row.cells.length !== width) return reject(`${row.cells.length} columns, ${width} expected`);
  const cells = new Cells(row.cells, places, options);
  const record = mapRow(cells, row.line, zone);
  return { position, records: cells.rejected ? [] : [record], errors: cells.errors };
}

function readHeader(row: Row | undefined, options: ExtractOptions): string[] {
  const names = row?.cells?.map((name) => name.trim()) ?? [];
  const position = `line ${row?.line ?? 1}`;
  for (const { from } of options.mappings.values()) {
    if (from === null) continue;
    const times = names.filter((name) => name === from).length;
    if (times === 0) throw new HeldPayload(position, from, 'the header lacks a mapped column');
    if (times > 1) throw new HeldPayload(position, from, 'the header names a mapped column more than once');
  }
  return names;
}

/** Units of an encoding: code units of two bytes, else bytes; line ends and blanks are one unit in each. */
function unitsOf(bytes: Uint8Array, encoding: string): (at: number) => number {
  if (encoding === 'utf-16le') return (at) => (bytes[2 * at] ?? 0) + 256 * (bytes[2 * at + 1] ?? 0);
  if (encoding === 'utf-16be') return (at) => 256 * (bytes[2 * at] ?? 0) + (bytes[2 * at + 1] ?? 0);
  return (at) => bytes[at] ?? 0;
}

const widthOf = (encoding: string): number => (encoding.startsWith('utf-16') ? 2 : 1);
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;

async function hasLineFeed(source: Source, encoding: string): Promise<boolean> {
  const bytes = await source.read(0, HEAD_BYTES);
  const unit = unitsOf(bytes, encoding);
  const count = Math.floor(bytes.length / widthOf(encoding));
  for (let at = 0; at < count; at++) if (unit(at) === LINE_FEED) return true;
  return false;
}

/** The last line that is not blank, and where it begins: looked for before anything is read. */
async function findTrailer(source: Source, encoding: string): Promise<{ start: number; text: string }> {
  const width = widthOf(encoding);
  const from = Math.max(0, source.size - (source.size % width) - TAIL_BYTES);
  const bytes = await source.read(from, source.size);
  const unit = unitsOf(bytes, encoding);
  let end = Math.floor(bytes.length / width);
  while (end > 0 && unit(end - 1) <= BLANK) end--;
  let start = end;
  while (start > 0 && unit(start - 1) !== LINE_FEED && unit(start - 1) !== CARRIAGE_RETURN) start--;
  const text = new TextDecoder(encoding).decode(bytes.subarray(start * width, end * width));
  return { start: from + start * width, text };
}

function countOf(last: string, trailer: Trailer, columns: readonly string[], delimiter: string): string {
  const at = typeof trailer.count === 'number' ? trailer.count - 1 : columns.indexOf(trailer.count);
  return (last.split(delimiter)[at] ?? '').replaceAll('"', '').trim();
}

/** Without a prefix only its count tells a trailer from a record. */
function checkTrailerLine(last: string, trailer: Trailer, columns: readonly string[], delimiter: string): void {
  const begins = last.replace(/^"/, '').startsWith(trailer.prefix);
  const counts = /^\d{1,12}$/.test(countOf(last, trailer, columns, delimiter));
  if (!begins || (trailer.prefix === '' && !counts))
    throw new HeldPayload('last line', 'trailer', 'the declared trailer line is missing');
}

function* checkCount(
  last: string,
  count: number,
  columns: readonly string[],
  { delimiter, columns: declared }: ExtractOptions,
  trailer: Trailer,
): Generator<Parsed> {
  const stated = countOf(last, trailer, columns, delimiter);
  const found = trailer.countsAllLines ? count + (declared ? 1 : 2) : count;
  if (/^\d{1,12}$/.test(stated) && Number(stated) === found) return;
  const message = `the count does not fit: ${found} found`;
  yield { position: 'trailer', records: [], errors: [recordError('trailer', message, stated)] };
}
