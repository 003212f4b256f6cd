/** A claim extract from bytes to units: encoding, trailer, header, then one unit per row. */
import type { FormatContext, Parsed } from '../../contract.ts';
import { HeldPayload } from '../../contract.ts';
import { foreignPayload } from '../../tables/foreign-payload.ts';
import { Cells, recordError } from './cells.ts';
import { mapRow } from './map.ts';
import type { ExtractOptions, Trailer } from './options.ts';
import { readOptions } from './options.ts';
import type { Row } from './parse.ts';
import { readRows } from './parse.ts';

/**
 * Reads an extract lazily.
 * @throws HeldPayload when the header lacks a mapped column, a declared trailer is missing (12.19), or it is no extract.
 */
export function* readExtract(bytes: Uint8Array, context: FormatContext): Generator<Parsed> {
  const { options } = readOptions(context.options);
  const text = new TextDecoder(options.encoding).decode(bytes);
  const foreign = foreignPayload(text);
  if (foreign !== null) throw new HeldPayload('file', 'header', `${foreign}; expected a claim extract`);
  const body = options.trailer ? cutTrailer(text) : { text, last: '' };
  const shape = { delimiter: options.delimiter, width: options.columns?.length ?? 0 };
  const rows = readRows(body.text, shape);
  const columns = options.columns ?? readHeader(rows, options);
  if (options.trailer) checkTrailerLine(body.last, options.trailer, columns, options.delimiter);
  const places = new Map(columns.map((name, at) => [name, at]));
  shape.width = columns.length;
  let count = 0;
  for (const row of rows) {
    count++;
    yield readRow(row, { places, width: columns.length }, options, context.zone);
  }
  if (options.trailer) yield* checkCount(body.last, count, columns, options, options.trailer);
}

/** Where the columns of this file stand. */
interface Layout {
  places: ReadonlyMap<string, number>;
  width: number;
}

function readRow(row: Row, { places, width }: Layout, options: ExtractOptions, zone: string): Parsed {
  const position = `line ${row.line}`;
  const reject = (message: string): Parsed => ({ position, records: [], errors: [recordError('', message, row.text)] });
  if (!row.cells) return reject('the quotes of the line cannot be read');
  if (row.cells.length !== width) return reject(`${row.cells.length} columns, ${width} expected`);
  const cells = new Cells(row.cells, places, options);
  const record = mapRow(cells, row.line, zone);
  return { position, records: cells.rejected ? [] : [record], errors: cells.errors };
}

function readHeader(rows: Iterator<Row>, options: ExtractOptions): string[] {
  const { value, done } = rows.next();
  const row: Row | undefined = done ? undefined : value;
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

/** The last line that is not blank, and the text before it. */
function cutTrailer(text: string): { text: string; last: string } {
  const end = text.trimEnd().length;
  const start = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1;
  return { text: text.slice(0, start), last: text.slice(start, end) };
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
