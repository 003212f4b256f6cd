/** The `map` of a declared extract: which column each target is read from, and how its text is read. */
import type { DateFormat } from '../../tables/date-format.ts';
import { compileFormat } from '../../tables/date-format.ts';
import { type Given, isObject, isScalar, meant, unknownKeys } from './options-keys.ts';
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

const MAPPING_OPTIONS = ['from', 'as', 'format', 'lookup', 'default', 'authority', 'type'];

/** The mappings; what is wrong with them is added to `problems`. `columns` are the declared ones, null = the file's header names them. */
export function readMappings(
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
  if (fallback !== undefined && isObject(lookup) && '' in lookup)
    problems.push(`${place}.default can never be met: the lookup says what an empty cell means`);
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
    else if (text !== text.trim())
      problems.push(`map.${target}.lookup."${text}" can never be met: cells are read without blanks around them`);
    else if (ends && !ends.includes(String(meaning)))
      problems.push(`map.${target}.lookup.${text} must be one of ${ends.join(', ')}${meant(String(meaning), ends)}`);
    else lookup.set(text, String(meaning));
  }
  return lookup;
}
