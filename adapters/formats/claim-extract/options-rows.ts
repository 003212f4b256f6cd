/**
 * Which rows of a declared file are meant, and what a row says besides its columns: kinds of records, reversals written as a
 * negative quantity or a deletion mark, rows that the feed does not want.
 */
import { type Given, isObject, isPlace, isScalar, meant, unknownKeys } from './options-keys.ts';
import type { Place } from './options-shape.ts';

/** What a column must look like for a rule to hold. */
export interface Condition {
  from: string;
  /** One of these texts; null = `is` decides. */
  in: ReadonlySet<string> | null;
  is: 'negative' | 'zero' | 'empty' | 'filled' | null;
}

/** Files with several kinds of lines: which cell tells, which kind is a claim, which others are expected. */
export interface RecordKinds {
  in: Place;
  detail: ReadonlySet<string>;
  others: ReadonlySet<string>;
}

/** What rows are asked before they are mapped. */
export interface RowRules {
  kinds: RecordKinds | null;
  /** A row that fits takes its claim back, whatever its status column says. */
  reversedWhen: readonly Condition[];
  /** A row that fits replaces its claim (an overwrite, an adjustment). */
  rebilledWhen: readonly Condition[];
  /** Rows that say nothing to this feed. */
  ignoredWhen: readonly Condition[];
  /** Rows that are refused. */
  rejectWhen: readonly Condition[];
}

/** The options that this file reads. */
export const ROW_OPTIONS = ['records', 'reversed_when', 'rebilled_when', 'ignored_when', 'reject_when'];
const TESTS = ['negative', 'zero', 'empty', 'filled'] as const;

/** The rules; what is wrong with them is added to `problems`. */
export function readRowRules(given: Given, columns: readonly string[] | null, problems: string[]): RowRules {
  const conditions = (option: string): Condition[] => readConditions(option, given[option], columns, problems);
  return {
    kinds: given['records'] === undefined ? null : readKinds(given['records'], problems),
    reversedWhen: conditions('reversed_when'),
    rebilledWhen: conditions('rebilled_when'),
    ignoredWhen: conditions('ignored_when'),
    rejectWhen: conditions('reject_when'),
  };
}

function readKinds(given: unknown, problems: string[]): RecordKinds {
  const { in: place, detail, others = [] } = isObject(given) ? given : {};
  if (isObject(given)) problems.push(...unknownKeys(given, ['in', 'detail', 'others'], 'records.'));
  const span = Array.isArray(place) && place.length === 2 && place.every((one) => isPlace(one));
  if (!span && !isPlace(place))
    problems.push(
      'records.in must be the number of a cell from 1, or [first position, length] in a file of fixed width',
    );
  const texts = (option: string, value: unknown): Set<string> => {
    const list = Array.isArray(value) ? value.filter((one) => isScalar(one)).map(String) : [];
    if (!Array.isArray(value) || list.length !== value.length) problems.push(`records.${option} must list texts`);
    return new Set(list);
  };
  const kinds = { detail: texts('detail', detail), others: texts('others', others) };
  if (kinds.detail.size === 0) problems.push('records.detail must name the kind of line that is a claim');
  return { in: span || isPlace(place) ? (place as Place) : 1, ...kinds };
}

function readConditions(
  option: string,
  given: unknown,
  columns: readonly string[] | null,
  problems: string[],
): Condition[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    problems.push(`${option} must list conditions { from, in: [...] } or { from, is: ${TESTS.join(' | ')} }`);
    return [];
  }
  return given.flatMap((one, index) => {
    const place = `${option}[${index + 1}]`;
    const { from, in: texts, is } = isObject(one) ? one : {};
    if (isObject(one)) problems.push(...unknownKeys(one, ['from', 'in', 'is'], `${place}.`));
    const test = TESTS.find((name) => name === is);
    const list = Array.isArray(texts) && texts.length > 0 ? texts.map(String) : null;
    if (typeof from !== 'string' || (test === undefined) === (list === null)) {
      problems.push(`${place} must be { from: a column, in: [texts] } or { from: a column, is: ${TESTS.join(' | ')} }`);
      return [];
    }
    if (columns && !columns.includes(from))
      problems.push(`${place} names the column ${from}, which is not declared${meant(from, columns)}`);
    return [{ from, in: list === null ? null : new Set(list), is: test ?? null }];
  });
}

/** True when any of the conditions holds; `sent` gives the trimmed text of a column. */
export function anyHolds(conditions: readonly Condition[], sent: (column: string) => string): boolean {
  return conditions.some(({ from, in: texts, is }) => {
    const text = sent(from);
    if (texts) return texts.has(text);
    if (is === 'empty') return text === '';
    if (is === 'filled') return text !== '';
    const number = text
      .replace(/^\((.*)\)$/, '-$1')
      .replace(/^(.*)-$/, '-$1')
      .replaceAll(/[$,]/g, '');
    if (!/^[+-]?\d*\.?\d+$/.test(number)) return false;
    return is === 'zero' ? !/[1-9]/.test(number) : number.startsWith('-') && /[1-9]/.test(number);
  });
}
