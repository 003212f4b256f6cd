/**
 * Table files are read by declaration: a layout names, for each field of the record, the column, how its cell is read and what
 * an empty or unreadable cell does. This file binds a layout to a file's header, which is found by its names and not by its
 * row (publishers put titles above it), and reads the lines, as text or as the rows of a workbook.
 */
import { nearest } from '../../src/model/nearest.ts';
import type { RecordError } from '../../src/model/records.ts';
import { HeldPayload } from '../contract.ts';
import type { Parsed, Source } from '../contract.ts';
import { Unreadable } from './cells.ts';
import type { CellReader } from './cells.ts';
import { readDate } from './date-format.ts';
import type { DateFormat } from './date-format.ts';
import { LineCutter } from './delimited.ts';
import type { DelimitedLine } from './delimited.ts';
import { textsOf } from './text-encoding.ts';
import { readSheet } from './workbook.ts';

/** One column of a layout. */
export interface Column<V> {
  header: string;
  /** Other names of the same column, as `headerKey` makes them: publishers put the year into a header. */
  alike?: RegExp;
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

/** How one of our columns stands in a file of somebody else's. */
export interface ForeignColumn {
  /** Header of the file; null = the file has no such column, every line says `fallback`. */
  from: string | null;
  /** Text of the file -> text that our layout reads; null = as it stands. */
  lookup: ReadonlyMap<string, string> | null;
  /** Formats of a date, tried in order; null = as our layout reads it. */
  formats: readonly DateFormat[] | null;
  /** Text for an empty cell; null = none. */
  fallback: string | null;
  /** True = `$1,234.50`, `(12.50)` and `12.50-` are numbers. */
  money: boolean;
}

/** How a file is cut into cells, and which other headers it uses. */
export interface TableOptions {
  /** One character; default comma. */
  delimiter?: string;
  /** False = quotes are ordinary characters. Default true. */
  quoted?: boolean;
  /** Our header -> where the file has it. */
  headers?: ReadonlyMap<string, ForeignColumn>;
  /** Name or number (from 1) of the sheet when the file is a workbook; default the first. */
  sheet?: string | number;
}

/** A line as read: `row` is null when the line was rejected, or ignored because it is a title. */
export interface TableRow<Row> {
  position: string;
  row: Row | null;
  errors: RecordError[];
  ignored?: string;
}

/** A line without a row, as a unit of the payload. */
export const unread = ({ position, errors, ignored }: TableRow<unknown>): Parsed => ({
  position,
  records: [],
  errors,
  ...(ignored === undefined ? {} : { ignored }),
});

interface Bound {
  field: string;
  column: Column<unknown>;
  foreign: ForeignColumn | undefined;
  /** Cell index; -1 = the file has no such column. */
  at: number;
}

/** A header is looked for in so many lines that are not blank. */
const HEADER_WITHIN = 30;

const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** Headers compare by letters and digits only: `340B ID` = `340b_id`. */
export const headerKey = (header: string): string => header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const isBlank = ({ cells }: DelimitedLine): boolean => cells.every((cell) => cell.trim() === '');

/** The lines of a delimited file, some at a time. */
export async function* linesOf(source: Source, options: TableOptions): AsyncGenerator<DelimitedLine[]> {
  const cutter = new LineCutter(options.delimiter ?? ',', options.quoted ?? true);
  for await (const text of textsOf(source)) yield [...cutter.cut(text, false)];
  yield [...cutter.cut('', true)];
}

/** A line that is not the header, why, and how many columns it has of it. */
interface NoHeader {
  matched: number;
  held: HeldPayload;
}

/**
 * Finds the columns of a layout in a header line, or says why it is none: a column is missing or stands twice. A header is told
 * by its place, never quoted: a file without a header has a person's values there.
 */
function bind<Row extends object>(
  layout: Layout<Row>,
  header: DelimitedLine,
  options: TableOptions,
): Bound[] | NoHeader {
  const position = `line ${header.line}`;
  const keys = header.cells.map(headerKey);
  const bound: Bound[] = [];
  let held: HeldPayload | undefined;
  let matched = 0;
  for (const [field, column] of Object.entries<Column<unknown>>({ ...layout })) {
    const foreign = options.headers?.get(column.header);
    const wanted = foreign?.from === null ? null : headerKey(foreign?.from ?? column.header);
    const named = wanted === null ? -1 : keys.indexOf(wanted);
    const at = named < 0 && !foreign && column.alike ? keys.findIndex((key) => column.alike?.test(key)) : named;
    if (at >= 0) matched += 1;
    if (at < 0 && wanted !== null && !column.missable) {
      const near = nearest(wanted, keys);
      const hint =
        near === null ? 'no header is like it' : `the nearest header is that of column ${keys.indexOf(near) + 1}`;
      held ??= new HeldPayload(position, column.header, `column "${column.header}" is missing; ${hint}`);
    }
    if (at >= 0 && keys.includes(wanted ?? '', at + 1))
      held ??= new HeldPayload(position, column.header, `column "${column.header}" stands more than once`);
    bound.push({ field, column, foreign, at });
  }
  return held ? { matched, held } : bound;
}

/** Without currency and thousands; a negative written in parentheses or with its sign behind gets it in front. */
function plainMoney(text: string): string {
  const digits = text.replaceAll(/[$,\s]/g, '');
  const negative = /^\((.*)\)$/.exec(digits) ?? /^(.*)-$/.exec(digits);
  return negative ? `-${negative[1] ?? ''}` : digits;
}

/** The text that our layout reads of a cell of somebody else's file; Unreadable = it fits no declared format or text. */
function translated(cell: string, foreign: ForeignColumn | undefined): string | Unreadable {
  if (!foreign) return cell;
  const text = cell === '' ? (foreign.fallback ?? '') : cell;
  if (text === '') return text;
  if (foreign.money) return plainMoney(text);
  if (foreign.lookup) return foreign.lookup.get(text) ?? new Unreadable('one of the texts of the lookup');
  if (!foreign.formats || cell === '') return text;
  for (const format of foreign.formats) {
    const date = readDate(text, format);
    if (date !== undefined) return date;
  }
  return new Unreadable('a date in the declared format');
}

/** Reads one cell; undefined = the line is rejected (an error says why). */
function readCell(
  { column, foreign, at }: Bound,
  cells: string[],
  errors: RecordError[],
): { value: unknown } | undefined {
  const sent = (at < 0 ? '' : (cells[at] ?? '')).trim();
  const cell = translated(sent, foreign);
  if (cell === '') {
    if (!column.whenEmpty) errors.push(invalid(column.header, 'must not be empty', ''));
    return column.whenEmpty;
  }
  const value = cell instanceof Unreadable ? cell : column.read(cell);
  if (!(value instanceof Unreadable)) return { value };
  errors.push(invalid(column.header, `expected ${value.expected}`, sent));
  return column.dispensable ? column.whenEmpty : undefined;
}

/** What is wrong with the shape of a line; undefined = nothing. Its cells cannot be trusted then. */
function misshapen(line: DelimitedLine, width: number): RecordError | undefined {
  const original = line.cells.join(' ');
  if (line.tooLong) return invalid('', 'the line is too long', original);
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

/** A table while its lines come. */
export class TableReading<Row extends object> {
  readonly #layout: Layout<Row>;
  readonly #options: TableOptions;
  #bound: Bound[] | undefined;
  #width = 0;
  /** Lines before the header, until it is found. */
  #before: DelimitedLine[] = [];
  /** The line that is most like a header. */
  #nearest: NoHeader | undefined;

  constructor(layout: Layout<Row>, options: TableOptions) {
    this.#layout = layout;
    this.#options = options;
  }

  /** Cells of the lines above the header. */
  get titles(): readonly (readonly string[])[] {
    return this.#before.map(({ cells }) => cells);
  }

  /** True when the file has the column of a field. */
  has(field: keyof Row & string): boolean {
    return this.#bound?.some((cell) => cell.field === field && cell.at >= 0) === true;
  }

  /** The rows of the next lines. @throws HeldPayload when none of the first lines is the header. */
  *take(lines: Iterable<DelimitedLine>): Generator<TableRow<Row>> {
    for (const line of lines) {
      if (isBlank(line)) continue;
      if (this.#bound) yield this.#row(line, this.#bound);
      else yield* this.#header(line);
    }
  }

  /** No line follows. @throws HeldPayload when there was no header. */
  finish(): void {
    if (this.#bound) return;
    throw this.#nearest?.held ?? new HeldPayload('line 1', 'header', 'the file is empty; a header line was expected');
  }

  *#header(line: DelimitedLine): Generator<TableRow<Row>> {
    const found = bind(this.#layout, line, this.#options);
    if (Array.isArray(found)) {
      this.#bound = found;
      this.#width = line.cells.length;
      for (const title of this.#before)
        yield { position: `line ${title.line}`, row: null, errors: [], ignored: 'TITLE_ROW' };
      return;
    }
    if (!this.#nearest || found.matched > this.#nearest.matched) this.#nearest = found;
    this.#before.push(line);
    if (this.#before.length >= HEADER_WITHIN) throw this.#nearest.held;
  }

  #row(line: DelimitedLine, bound: Bound[]): TableRow<Row> {
    const position = `line ${line.line}`;
    const fault = misshapen(line, this.#width);
    if (fault) return { position, row: null, errors: [fault] };
    const errors: RecordError[] = [];
    const values = bound.map((cell) => readCell(cell, line.cells, errors));
    const row = Object.fromEntries(bound.flatMap(({ field }, index) => fieldOf(field, values[index])));
    return { position, row: isComplete(this.#layout, row) ? row : null, errors };
  }
}

/**
 * Reads a table file by its layout, some lines at a time: delimited text, or the rows of a workbook.
 * @throws HeldPayload when the file is empty or its header lacks a column.
 */
export async function* readTableFile<Row extends object>(
  source: Source,
  reading: TableReading<Row>,
  options: TableOptions = {},
): AsyncGenerator<TableRow<Row>[]> {
  if (await isWorkbook(source)) {
    for await (const rows of readSheet(source, options.sheet ?? 1))
      yield [
        ...reading.take(
          rows.map(({ number, cells }) => ({
            line: number,
            cells,
            brokenQuote: false,
            tooLong: false,
            terminated: true,
          })),
        ),
      ];
  } else for await (const lines of linesOf(source, options)) yield [...reading.take(lines)];
  reading.finish();
}

/** A workbook is a zip archive. */
async function isWorkbook(source: Source): Promise<boolean> {
  const [first, second] = await source.read(0, 2);
  return first === 0x50 && second === 0x4b;
}
