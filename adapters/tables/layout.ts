/**
 * Table files are read by declaration: a layout names, for each field of the record, the column, how its cell is read and what
 * an empty or unreadable cell does. This file binds a layout to a file's header and reads the lines.
 */
import { HeldPayload } from '../contract.ts';
import type { RecordError } from '../../src/model/records.ts';
import { decodeText } from './text-encoding.ts';
import { Unreadable } from './cells.ts';
import type { CellReader } from './cells.ts';
import { delimitedLines } from './delimited.ts';
import type { DelimitedLine } from './delimited.ts';
import { nearestName } from './nearest-name.ts';

/** One column of a layout. */
export interface Column<V> {
  header: string;
  read: CellReader<V>;
  /** What an empty cell says; absent = the line is rejected. */
  whenEmpty?: { value: V };
  /** True: an unreadable cell is reported and taken as empty. False: it rejects the line. */
  dispensable: boolean;
  /** The file may come without this column. */
  missable: boolean;
}

/** A column for every field of the record, no more and no less. */
export type Layout<Row> = { [Field in keyof Row]: Column<Row[Field]> };

/** A cell that must be filled and readable. */
export const filled = <V>(header: string, read: CellReader<V>): Column<V> => ({
  header,
  read,
  dispensable: false,
  missable: false,
});

/**
 * A cell that may be empty, but must be readable when it is not: its emptiness says something (an open period, every group),
 * so an unreadable one must not be taken for it.
 */
export const meaningful = <V>(header: string, read: CellReader<V>, value: V): Column<V> => ({
  ...filled(header, read),
  whenEmpty: { value },
});

/** A cell whose loss leaves a useful line: unreadable is reported and taken as empty. */
export const spare = <V>(header: string, read: CellReader<V>, value: V): Column<V> => ({
  ...meaningful(header, read, value),
  dispensable: true,
});

/** A column that a file may leave out altogether. */
export const missable = <V>(column: Column<V>): Column<V> => ({ ...column, missable: true });

/** How a file is cut into cells, and which other headers it uses. */
export interface TableOptions {
  /** One character; default comma. */
  delimiter?: string;
  /** False = quotes are ordinary characters. Default true. */
  quoted?: boolean;
  /** Our header -> the header of the file. */
  headers?: Readonly<Record<string, string>>;
}

/** A line as read: `row` is null when the line was rejected. */
export interface TableRow<Row> {
  position: string;
  row: Row | null;
  errors: RecordError[];
}

interface Bound {
  field: string;
  column: Column<unknown>;
  /** Cell index; -1 = the file has no such column. */
  at: number;
}

const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** Headers compare by letters and digits only: `340B ID` = `340b_id`. */
export const headerKey = (header: string): string => header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const isBlank = ({ cells }: DelimitedLine): boolean => cells.every((cell) => cell.trim() === '');

/** The lines of a file that are not blank. */
export function* filledLines(bytes: Uint8Array, options: TableOptions): Generator<DelimitedLine> {
  for (const line of delimitedLines(decodeText(bytes), options.delimiter ?? ',', options.quoted ?? true))
    if (!isBlank(line)) yield line;
}

/**
 * Finds the columns of a layout in a header line.
 * @throws HeldPayload when a column is missing or stands twice. A header is told by its place, never quoted: a file without a
 * header has a person's values there.
 */
function bind<Row extends object>(layout: Layout<Row>, header: DelimitedLine, options: TableOptions): Bound[] {
  const position = `line ${header.line}`;
  const keys = header.cells.map(headerKey);
  const bound: Bound[] = [];
  for (const [field, column] of Object.entries<Column<unknown>>({ ...layout })) {
    const wanted = headerKey(options.headers?.[column.header] ?? column.header);
    const at = keys.indexOf(wanted);
    if (at < 0 && !column.missable) {
      const nearest = nearestName(wanted, keys);
      const hint = nearest < 0 ? 'no header is like it' : `the nearest header is that of column ${nearest + 1}`;
      throw new HeldPayload(position, column.header, `column "${column.header}" is missing; ${hint}`);
    }
    if (at >= 0 && keys.includes(wanted, at + 1))
      throw new HeldPayload(position, column.header, `column "${column.header}" stands more than once`);
    bound.push({ field, column, at });
  }
  return bound;
}

/** Reads one cell; undefined = the line is rejected (an error says why). */
function readCell({ column, at }: Bound, cells: string[], errors: RecordError[]): { value: unknown } | undefined {
  const cell = (at < 0 ? '' : (cells[at] ?? '')).trim();
  if (cell === '') {
    if (!column.whenEmpty) errors.push(invalid(column.header, 'must not be empty', ''));
    return column.whenEmpty;
  }
  const value = column.read(cell);
  if (!(value instanceof Unreadable)) return { value };
  errors.push(invalid(column.header, `expected ${value.expected}`, cell));
  return column.dispensable ? column.whenEmpty : undefined;
}

/** What is wrong with the shape of a line; undefined = nothing. Its cells cannot be trusted then. */
function misshapen(line: DelimitedLine, width: number): RecordError | undefined {
  const original = line.cells.join(' ');
  if (line.brokenQuote) return invalid('', 'a quoted cell is not closed properly', original);
  if (line.cells.slice(width).some((cell) => cell.trim() !== ''))
    return invalid('', 'more cells than headers: a cell with the separator must be quoted', original);
  // Spreadsheets leave out empty cells at the end of a line, but a last line without a line break may have lost its dates.
  if (!line.terminated && line.cells.length < width)
    return invalid('', 'the last line is cut off: fewer cells than headers and no line break', original);
  return undefined;
}

const fieldOf = (field: string, read: { value: unknown } | undefined): [string, unknown][] =>
  read ? [[field, read.value]] : [];

/** Every field was read, each by the layout's reader of that field's type; a rejected line lacks at least one. */
const isComplete = <Row extends object>(layout: Layout<Row>, row: object): row is Row =>
  Object.keys(layout).every((field) => Object.hasOwn(row, field));

/** Reads the lines after a header line. */
export function* readLines<Row extends object>(
  layout: Layout<Row>,
  header: DelimitedLine,
  lines: Iterable<DelimitedLine>,
  options: TableOptions,
): Generator<TableRow<Row>> {
  const bound = bind(layout, header, options);
  for (const line of lines) {
    const position = `line ${line.line}`;
    const fault = misshapen(line, header.cells.length);
    if (fault) {
      yield { position, row: null, errors: [fault] };
      continue;
    }
    const errors: RecordError[] = [];
    const values = bound.map((cell) => readCell(cell, line.cells, errors));
    const row = Object.fromEntries(bound.flatMap(({ field }, index) => fieldOf(field, values[index])));
    yield { position, row: isComplete(layout, row) ? row : null, errors };
  }
}

/**
 * Reads a table file by its layout.
 * @throws HeldPayload when the file is empty or its header lacks a column.
 */
export function* readTable<Row extends object>(
  bytes: Uint8Array,
  layout: Layout<Row>,
  options: TableOptions = {},
): Generator<TableRow<Row>> {
  const lines = filledLines(bytes, options);
  const first = lines.next();
  if (first.done === true) throw new HeldPayload('line 1', 'header', 'the file is empty; a header line was expected');
  yield* readLines(layout, first.value, lines, options);
}
