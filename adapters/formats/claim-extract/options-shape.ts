/** How a declared file is cut into rows and cells: delimited, of fixed width, or a workbook; its header and its trailer. */
import { type Given, isObject, isPlace, unknownKeys } from './options-keys.ts';

/** Where a value stands in a line: the number of its cell from 1, the name of its column, or [first position from 1, length]. */
export type Place = number | string | readonly [number, number];

/** A sum that the trailer states. */
export interface Total {
  in: Place;
  /** The column whose numbers are added. */
  of: string;
}

/** The last line of a file that ends with its record count. */
export interface Trailer {
  /** What the line begins with; '' = the last line is the trailer. */
  prefix: string;
  count: Place;
  /** True when header and trailer are counted too. */
  countsAllLines: boolean;
  totals: readonly Total[];
}

/** What a file looks like. */
export interface FileShape {
  delimiter: string;
  /** Column -> [first position from 1, length]; null = not of fixed width. */
  fixed: ReadonlyMap<string, readonly [number, number]> | null;
  /** Name of the sheet, or its number from 1; null = no workbook. */
  sheet: string | number | null;
  /** Lines before the header (or the first record) that are titles: not read. */
  skip: number;
  /** Names of the columns when the file has no header line; null = it has one. */
  columns: readonly string[] | null;
  /** The header as it was when the feed was wired; another one is told, not refused. Null = not declared. */
  knownColumns: readonly string[] | null;
  encoding: string;
  trailer: Trailer | null;
}

/** The options that this file reads. */
export const SHAPE_OPTIONS = [
  'delimiter',
  'fixed',
  'sheet',
  'skip',
  'header',
  'columns',
  'known_columns',
  'encoding',
  'trailer',
];
const TRAILER_OPTIONS = ['prefix', 'count_in', 'count_column', 'counts', 'totals'];

/** The shape; what is wrong with it is added to `problems`. */
export function readShape(given: Given, problems: string[]): FileShape {
  const fixed = given['fixed'] === undefined ? null : readFixed(given['fixed'], problems);
  const sheet = readSheet(given['sheet'], problems);
  if (fixed && sheet !== null) problems.push('fixed and sheet exclude each other: a workbook has cells');
  if (given['delimiter'] !== undefined && (fixed || sheet !== null))
    problems.push('delimiter is for delimited files, not beside fixed or sheet');
  if (sheet !== null && given['trailer'] !== undefined) problems.push('trailer is for text files, not beside sheet');
  const { delimiter = ',', skip = 0, known_columns: known } = given;
  const goodDelimiter = typeof delimiter === 'string' && /^[^"\r\n]+$/.test(delimiter);
  if (!goodDelimiter) problems.push('delimiter must be one or more characters other than a quote or a line end');
  if (skip !== 0 && !isPlace(skip)) problems.push('skip must be a number of lines');
  return {
    delimiter: goodDelimiter ? delimiter : ',',
    fixed,
    sheet,
    skip: isPlace(skip) ? skip : 0,
    columns: fixed ? columnsOfFixed(given, fixed, problems) : readColumns(given, problems),
    knownColumns: known === undefined ? null : readNames('known_columns', known, problems),
    encoding: readEncoding(given['encoding'] ?? 'utf-8', problems),
    trailer: given['trailer'] === undefined ? null : readTrailer(given['trailer'], fixed !== null, problems),
  };
}

const isSpan = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((one) => isPlace(one));

function readFixed(given: unknown, problems: string[]): ReadonlyMap<string, readonly [number, number]> {
  const fields = new Map<string, readonly [number, number]>();
  if (!isObject(given) || Object.keys(given).length === 0)
    problems.push('fixed must map each column to [first position from 1, length]');
  for (const [name, span] of isObject(given) ? Object.entries(given) : []) {
    if (isSpan(span)) fields.set(name, span);
    else problems.push(`fixed.${name} must be [first position from 1, length]`);
  }
  const placed = [...fields].sort((a, b) => a[1][0] - b[1][0]);
  for (const [index, [name, [first]]] of placed.entries()) {
    const before = placed[index - 1];
    if (before && before[1][0] + before[1][1] > first) problems.push(`fixed.${name} overlaps fixed.${before[0]}`);
  }
  return fields;
}

function readSheet(sheet: unknown, problems: string[]): string | number | null {
  if (sheet === undefined) return null;
  if (isPlace(sheet) || (typeof sheet === 'string' && sheet !== '')) return sheet;
  problems.push('sheet must be the name of a sheet or its number from 1');
  return 1;
}

/** A file of fixed width names its columns itself; a line of names in it is passed over with `skip`. */
function columnsOfFixed(given: Given, fixed: ReadonlyMap<string, unknown>, problems: string[]): readonly string[] {
  if (given['header'] !== undefined || given['columns'] !== undefined)
    problems.push(
      'fixed names the columns: header and columns do not go with it (a line of titles is passed over with skip)',
    );
  return [...fixed.keys()];
}

function readColumns(given: Given, problems: string[]): readonly string[] | null {
  const header = given['header'] ?? true;
  const columns = given['columns'];
  if (typeof header !== 'boolean') problems.push('header must be true or false');
  if (header !== false) {
    if (columns !== undefined) problems.push('columns is for files without a header line (header: false)');
    return null;
  }
  if (columns === undefined) {
    problems.push('columns must list the name of every column, because header is false');
    return [];
  }
  return readNames('columns', columns, problems);
}

function readNames(option: string, given: unknown, problems: string[]): readonly string[] {
  const names = Array.isArray(given) ? given.filter((name) => typeof name === 'string' && name !== '') : [];
  if (!Array.isArray(given) || names.length === 0 || names.length !== given.length)
    problems.push(`${option} must list the name of every column`);
  else if (new Set(names).size !== names.length) problems.push(`${option} names a column twice`);
  return names;
}

function readEncoding(encoding: unknown, problems: string[]): string {
  try {
    return new TextDecoder(typeof encoding === 'string' ? encoding : '').encoding;
  } catch {
    problems.push('encoding is not known; utf-8, windows-1252 and utf-16le are examples');
    return 'utf-8';
  }
}

function readTrailer(given: unknown, isFixed: boolean, problems: string[]): Trailer | null {
  if (!isObject(given)) {
    problems.push('trailer must be an object { prefix, count_in | count_column, counts, totals }');
    return null;
  }
  problems.push(...unknownKeys(given, TRAILER_OPTIONS, 'trailer.'));
  const { prefix = '', count_in: position, count_column: column, counts = 'records', totals = [] } = given;
  if (typeof prefix !== 'string') problems.push('trailer.prefix must be text');
  if (counts !== 'records' && counts !== 'lines') problems.push('trailer.counts must be records or lines');
  const named = typeof column === 'string' && column !== '' ? column : undefined;
  const placed = isFixed ? isSpan(position) : isPlace(position);
  const good = position === undefined ? named !== undefined : column === undefined && placed;
  if (!good)
    problems.push(
      isFixed
        ? 'trailer needs count_in: [first position from 1, length]'
        : 'trailer needs either count_in (a position from 1) or count_column (a name)',
    );
  return {
    prefix: typeof prefix === 'string' ? prefix : '',
    count: named ?? (isSpan(position) || isPlace(position) ? position : 1),
    countsAllLines: counts === 'lines',
    totals: readTotals(totals, isFixed, problems),
  };
}

function readTotals(given: unknown, isFixed: boolean, problems: string[]): Total[] {
  const totals: Total[] = [];
  for (const one of Array.isArray(given) ? given : [null]) {
    const { in: place, of } = isObject(one) ? one : {};
    if ((isFixed ? isSpan(place) : isPlace(place)) && typeof of === 'string') totals.push({ in: place as Place, of });
    else problems.push('trailer.totals must list { in: place of the total, of: column that is added up }');
  }
  return totals;
}

/** The text at a place of a line that is not a record. */
export function textAt(line: string, place: Place, columns: readonly string[], delimiter: string): string {
  if (typeof place === 'object') return line.slice(place[0] - 1, place[0] - 1 + place[1]).trim();
  const at = typeof place === 'number' ? place - 1 : columns.indexOf(place);
  return (line.split(delimiter)[at] ?? '').replaceAll('"', '').trim();
}
