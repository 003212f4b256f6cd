/** A feed's declaration of a delimited claim extract, checked and made ready for reading. */
import type { DateFormat } from './dates.ts';
import { compileFormat } from './dates.ts';
import { nearest } from './nearest.ts';
import type { Kind, Target } from './targets.ts';
import { ALIASES, isKind, isTarget, KINDS, REQUIRED, STATUSES, TARGETS } from './targets.ts';

/** How one target is read. */
export interface Mapping {
  target: Target;
  /** Column name; null = the same value in every record (`default`). */
  from: string | null;
  kind: Kind;
  /** Formats tried in order, for dates and instants. */
  formats: readonly DateFormat[];
  /** Text of the column -> text to be read; null = as it stands. */
  lookup: ReadonlyMap<string, string> | null;
  /** Text for an empty cell; null = none. */
  fallback: string | null;
  /** Assigning authority and identifier type of `patient.id`. */
  authority: string;
  type: string;
}

/** The last line of a file that ends with its record count. */
export interface Trailer {
  /** What the line begins with; '' = the last line is the trailer. */
  prefix: string;
  /** 1-based position of the count, or the name of the column it stands under. */
  count: number | string;
  /** True when header and trailer are counted too. */
  countsAllLines: boolean;
}

/** The whole declaration. */
export interface ExtractOptions {
  delimiter: string;
  /** Names of the columns when the file has no header line; null = it has one. */
  columns: readonly string[] | null;
  encoding: string;
  trailer: Trailer | null;
  mappings: ReadonlyMap<Target, Mapping>;
}

type Given = Readonly<Record<string, unknown>>;

const OPTIONS = ['delimiter', 'header', 'columns', 'encoding', 'trailer', 'map'];
const TRAILER_OPTIONS = ['prefix', 'count_in', 'count_column', 'counts'];
const MAPPING_OPTIONS = ['from', 'as', 'format', 'lookup', 'default', 'authority', 'type'];

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** The declaration and what is wrong with it, each a sentence naming the option. */
export function readOptions(given: Given): { options: ExtractOptions; problems: string[] } {
  const problems = unknownKeys(given, OPTIONS, '');
  const delimiter = given['delimiter'] ?? ',';
  const goodDelimiter = typeof delimiter === 'string' && /^[^"\r\n]+$/.test(delimiter);
  if (!goodDelimiter) problems.push('delimiter must be one or more characters other than a quote or a line end');
  const columns = readColumns(given, problems);
  const mappings = readMappings(given['map'], columns, problems);
  const options = {
    delimiter: goodDelimiter ? delimiter : ',',
    columns,
    encoding: readEncoding(given['encoding'] ?? 'utf-8', problems),
    trailer: given['trailer'] === undefined ? null : readTrailer(given['trailer'], problems),
    mappings,
  };
  return { options, problems };
}

function unknownKeys(given: Given, known: readonly string[], place: string): string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown option ${place}${key}${meant(key, known)}`);
}

const meant = (text: string, names: Iterable<string>): string => {
  const name = nearest(text, names);
  return name === undefined ? '' : `; did you mean ${name}?`;
};

function readColumns(given: Given, problems: string[]): readonly string[] | null {
  const header = given['header'] ?? true;
  const columns = given['columns'];
  if (typeof header !== 'boolean') problems.push('header must be true or false');
  if (header !== false) {
    if (columns !== undefined) problems.push('columns is for files without a header line (header: false)');
    return null;
  }
  const names = Array.isArray(columns) ? columns.filter((name) => typeof name === 'string' && name !== '') : [];
  if (!Array.isArray(columns) || names.length === 0 || names.length !== columns.length) {
    problems.push('columns must list the name of every column, because header is false');
    return names;
  }
  if (new Set(names).size !== names.length) problems.push('columns names a column twice');
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

function readTrailer(given: unknown, problems: string[]): Trailer | null {
  if (!isObject(given)) {
    problems.push('trailer must be an object { prefix, count_in | count_column, counts }');
    return null;
  }
  problems.push(...unknownKeys(given, TRAILER_OPTIONS, 'trailer.'));
  const { prefix = '', count_in: position, count_column: column, counts = 'records' } = given;
  if (typeof prefix !== 'string') problems.push('trailer.prefix must be text');
  if (counts !== 'records' && counts !== 'lines') problems.push('trailer.counts must be records or lines');
  const good =
    position === undefined
      ? typeof column === 'string' && column !== ''
      : column === undefined && Number.isInteger(position) && Number(position) >= 1;
  if (!good) problems.push('trailer needs either count_in (a position from 1) or count_column (a name)');
  const count = typeof column === 'string' ? column : Number(position ?? 1);
  return { prefix: typeof prefix === 'string' ? prefix : '', count, countsAllLines: counts === 'lines' };
}

function readMappings(
  given: unknown,
  columns: readonly string[] | null,
  problems: string[],
): ReadonlyMap<Target, Mapping> {
  const mappings = new Map<Target, Mapping>();
  if (!isObject(given)) problems.push('map must say which column each target is read from');
  for (const [name, declared] of isObject(given) ? Object.entries(given) : []) {
    const target = ALIASES.get(name) ?? name;
    if (!isTarget(target)) problems.push(`map.${name} is not a target${meant(name, Object.keys(TARGETS))}`);
    else if (mappings.has(target)) problems.push(`map.${name} is mapped twice`);
    else mappings.set(target, readMapping(target, declared, problems));
  }
  for (const { target, from } of mappings.values())
    if (from !== null && columns && !columns.includes(from))
      problems.push(`map.${target} names the column ${from}, which columns does not list${meant(from, columns)}`);
  if (isObject(given)) problems.push(...missing(mappings));
  return mappings;
}

/** A mapping that would leave required targets behind imports nothing: refuse it now. */
function missing(mappings: ReadonlyMap<Target, Mapping>): string[] {
  const problems = REQUIRED.filter(
    (alternatives) => !alternatives.some((targets) => targets.every((target) => mappings.has(target))),
  ).map(
    (alternatives) =>
      `map leaves out ${alternatives.map((targets) => targets.join(' and ')).join(', or ')}, without which every record is rejected`,
  );
  if (mappings.has('status') && (mappings.has('code') || mappings.has('responseStatus')))
    problems.push('map.status already says code and responseStatus; map one or the other');
  return problems;
}

function readMapping(target: Target, declared: unknown, problems: string[]): Mapping {
  const place = `map.${target}`;
  const given: Given = isObject(declared) ? declared : { from: declared };
  problems.push(...unknownKeys(given, MAPPING_OPTIONS, `${place}.`));
  const { from, as = TARGETS[target], lookup, default: fallback, authority = '', type = 'MR' } = given;
  const constant = from === undefined && isScalar(fallback);
  if (!constant && (typeof from !== 'string' || from === '')) problems.push(`${place} must name a column`);
  checkKind(target, as, problems);
  if (fallback !== undefined && !isScalar(fallback)) problems.push(`${place}.default must be a text or a number`);
  if (typeof authority !== 'string' || typeof type !== 'string')
    problems.push(`${place}.authority and ${place}.type must be text`);
  return {
    target,
    from: typeof from === 'string' ? from : null,
    kind: TARGETS[target],
    formats: readFormats(target, given['format'], problems),
    lookup: lookup === undefined ? null : readLookup(target, lookup, problems),
    fallback: isScalar(fallback) ? String(fallback) : null,
    authority: typeof authority === 'string' ? authority : '',
    type: typeof type === 'string' ? type : '',
  };
}

function checkKind(target: Target, as: unknown, problems: string[]): void {
  if (!isKind(as)) problems.push(`map.${target}.as is not known; known are ${KINDS.join(', ')}`);
  else if (as !== TARGETS[target] && !(as === 'text' && TARGETS[target] === 'ndc'))
    problems.push(`map.${target} is read as ${TARGETS[target]}, not as ${as}`);
}

const DATE_FORMATS = ['yyyy-MM-dd', 'yyyyMMdd'];
const INSTANT_FORMATS = [
  'yyyy-MM-dd',
  "yyyy-MM-dd'T'HH:mm",
  "yyyy-MM-dd'T'HH:mm:ss",
  "yyyy-MM-dd'T'HH:mm:ss.SSS",
].flatMap((format) => [format, format.replace("'T'", ' '), `${format}XXX`]);
const compiled = (formats: readonly string[]): DateFormat[] =>
  formats.map(compileFormat).filter((format) => typeof format !== 'string');

function readFormats(target: Target, given: unknown, problems: string[]): readonly DateFormat[] {
  const kind = TARGETS[target];
  if (given === undefined)
    return kind === 'date' ? compiled(DATE_FORMATS) : kind === 'instant' ? compiled(INSTANT_FORMATS) : [];
  if (kind !== 'date' && kind !== 'instant') {
    problems.push(`map.${target}.format is for dates and instants only`);
    return [];
  }
  const format = typeof given === 'string' ? compileFormat(given) : 'format must be text';
  if (typeof format !== 'string') return [format];
  problems.push(`map.${target}.${format}`);
  return [];
}

/** What a lookup of these targets must end in. */
const ENDS: ReadonlyMap<Target, readonly string[]> = new Map<Target, readonly string[]>([
  ['status', [...STATUSES.keys()]],
  ['code', ['B1', 'B2', 'B3']],
  ['responseStatus', 'P A C D R S Q'.split(' ')],
]);

function readLookup(target: Target, given: unknown, problems: string[]): ReadonlyMap<string, string> {
  const lookup = new Map<string, string>();
  if (!isObject(given)) problems.push(`map.${target}.lookup must map a text to a text`);
  const ends = ENDS.get(target);
  for (const [text, meaning] of isObject(given) ? Object.entries(given) : []) {
    if (!isScalar(meaning)) problems.push(`map.${target}.lookup.${text} must be a text or a number`);
    else if (ends && !ends.includes(String(meaning)))
      problems.push(`map.${target}.lookup.${text} must be one of ${ends.join(', ')}${meant(String(meaning), ends)}`);
    else lookup.set(text, String(meaning));
  }
  return lookup;
}
