/**
 * Feed options of table formats: which ones exist, and the ones that all of them share. A column of somebody else's file is
 * declared in the words of the claim extracts' mapping: `from`, `format`, `lookup`, `default`, `as: money`.
 */
import { nearest } from '../../src/model/nearest.ts';
import { compileFormat } from './date-format.ts';
import type { DateFormat } from './date-format.ts';
import type { ForeignColumn, TableOptions } from './layout.ts';

type Options = Readonly<Record<string, unknown>>;

const DELIMITERS: Readonly<Record<string, string>> = { comma: ',', tab: '\t', pipe: '|', semicolon: ';' };
/** Options of every table format of our own layouts. */
export const TABLE_OPTIONS = ['delimiter', 'headers', 'sheet'];
const COLUMN_OPTIONS = ['from', 'format', 'lookup', 'default', 'as'];

const isObject = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** The problem of every option that a format does not know, with the nearest one that it does. */
export function unknownOptions(options: Options, known: readonly string[]): string[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const hint = meant === null ? '' : `, did you mean ${meant}?`;
      return `unknown option ${name}${hint} (known: ${known.length === 0 ? 'none' : known.join(', ')})`;
    });
}

/** Problems of `delimiter`, `sheet` and `headers`, which every table format of our own layouts takes. */
export function tableProblems(options: Options, headers: readonly string[]): string[] {
  const problems: string[] = [];
  const { delimiter, sheet, headers: renamed } = options;
  if (delimiter !== undefined && !(typeof delimiter === 'string' && Object.hasOwn(DELIMITERS, delimiter)))
    problems.push(`delimiter must be one of ${Object.keys(DELIMITERS).join(', ')}`);
  if (
    sheet !== undefined &&
    !(typeof sheet === 'string' && sheet !== '') &&
    !(Number.isInteger(sheet) && Number(sheet) > 0)
  )
    problems.push('sheet must be the name of a sheet, or its number from 1');
  if (renamed === undefined) return problems;
  if (!isObject(renamed)) return [...problems, 'headers must map our header to the header of the file'];
  for (const [ours, theirs] of Object.entries(renamed)) {
    if (!headers.includes(ours)) problems.push(`headers: ${ours} is not one of ${headers.join(', ')}`);
    problems.push(...columnProblems(theirs).map((problem) => `headers: ${ours} ${problem}`));
  }
  return problems;
}

function columnProblems(theirs: unknown): string[] {
  if (typeof theirs === 'string' && theirs.trim() !== '') return [];
  if (!isObject(theirs)) return ['needs the header of the file, or { from, format, lookup, default, as }'];
  const { from, format, lookup, default: fallback, as } = theirs;
  const problems = unknownOptions(theirs, COLUMN_OPTIONS).map((problem) => `has an ${problem}`);
  if (from === undefined ? !isScalar(fallback) : typeof from !== 'string' || from.trim() === '')
    problems.push('needs from (the header of the file) or default (the same for every line)');
  if (fallback !== undefined && !isScalar(fallback)) problems.push('default must be a text or a number');
  if (as !== undefined && as !== 'money') problems.push('as must be money');
  if (as === 'money' && lookup !== undefined) problems.push('can have as or lookup, not both');
  if (lookup !== undefined && !(isObject(lookup) && Object.values(lookup).every(isScalar)))
    problems.push('lookup must map a text of the file to a text');
  for (const one of formatsOf(format)) if (typeof one === 'string') problems.push(one);
  return problems;
}

/** `format` may be one or several, tried in order; a sentence in place of each that is none. */
function formatsOf(format: unknown): (DateFormat | string)[] {
  if (format === undefined) return [];
  const given: unknown[] = Array.isArray(format) ? format : [format];
  return given.map((one) =>
    typeof one === 'string' ? compileFormat(one) : 'format must be a text such as MM/dd/yyyy',
  );
}

/** The shared options as the reader takes them; they have passed tableProblems. */
export function tableOptions({ delimiter, headers, sheet }: Options): TableOptions {
  return {
    ...(typeof delimiter === 'string' ? { delimiter: DELIMITERS[delimiter] ?? ',' } : {}),
    ...(typeof sheet === 'string' || typeof sheet === 'number' ? { sheet } : {}),
    ...(isObject(headers)
      ? { headers: new Map(Object.entries(headers).map(([ours, theirs]) => [ours, foreignColumn(theirs)])) }
      : {}),
  };
}

function foreignColumn(theirs: unknown): ForeignColumn {
  const { from, format, lookup, default: fallback, as } = isObject(theirs) ? theirs : { from: theirs };
  const formats = formatsOf(format).filter((one) => typeof one !== 'string');
  return {
    from: typeof from === 'string' ? from : null,
    lookup: isObject(lookup) ? new Map(Object.entries(lookup).map(([text, ours]) => [text, String(ours)])) : null,
    formats: formats.length === 0 ? null : formats,
    fallback: isScalar(fallback) ? String(fallback) : null,
    money: as === 'money',
  };
}
