/**
 * A first declaration of an unknown extract, from a sample of it: what `hub feed init` writes. It is a draft for a person:
 * each doubt is said, and `hub feed preview` shows what the draft makes of the sample.
 */
import type { Source } from '../../contract.ts';
import { compileFormat, readDate, readInstant } from '../../tables/date-format.ts';
import { guessByName, guessByValue, type ColumnGuess } from './guess-columns.ts';
import { guessShape, type Shape } from './guess-shape.ts';
import { REQUIRED, STATUSES, TARGETS, type Target } from './targets.ts';

/** A draft of a feed's format options. */
export interface Draft {
  /** `format.claim-extract` as the feed's file would have it. */
  options: Record<string, unknown>;
  /** Sentences for the person who completes it. Names of columns; of values only the codes of a column that has few. */
  notes: string[];
}

/** Date formats that are tried, those that cannot be confused first. */
const DATES = [
  'yyyy-MM-dd',
  'yyyyMMdd',
  'MM/dd/yyyy',
  'M/d/yyyy',
  'dd-MMM-yyyy',
  'MM-dd-yyyy',
  'dd/MM/yyyy',
  'yyyy/MM/dd',
  'MMddyyyy',
  'dd.MM.yyyy',
];
const TIMES = ['', ' HH:mm:ss', ' HH:mm', "'T'HH:mm:ss", "'T'HH:mm:ssXXX", ' hh:mm:ss a', ' h:mm a', 'HHmmss', 'HHmm'];

/** Words that vendors use for the states of a claim, by what they mean. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /^(b1|p|pd|paid|claim|billed|billing|new|n|0|1|sale|sold|fill|filled|original|o|dispensed|completed?|picked ?up|adjudicated)$/i,
    'paid',
  ],
  [
    /^(b2|x|rv|rev|reversal|reversed|void|voided|v|2|cancel|cancell?ed|d|delete|deleted|rts|returned|credit|return(ed)? to stock)$/i,
    'reversed',
  ],
  [/^(b3|rb|rebill|rebilled|adj|adjusted|a)$/i, 'rebilled'],
  [/^(r|rej|reject|rejected|denied|3)$/i, 'rejected'],
  [/^(c|cap|capt|captured)$/i, 'captured'],
  [/^(dup|duplicate|4)$/i, 'duplicate'],
];

/** The draft of a sample; null when there is nothing in it. */
export async function draftOf(source: Source): Promise<Draft | null> {
  const shape = await guessShape(source);
  if (shape === null) return null;
  const notes: string[] = [];
  const valuesOf = (at: number): readonly string[] => shape.rows.map((row) => row[at] ?? '');
  const guesses = shape.header ? guessByName(shape.columns, valuesOf) : guessByValue(shape.columns.length, valuesOf);
  const map = mapOf(shape, guesses, valuesOf, notes);
  notes.push(...missingOf(map), ...touchingOf(shape), ...unmappedOf(shape, guesses));
  if (!shape.header) notes.push('the file has no header: columns were told by their values alone; check each of them');
  return { options: { ...shapeOptions(shape), map }, notes };
}

function shapeOptions({ cut, columns, encoding, header, skip, trailer, kinds }: Shape): Record<string, unknown> {
  const named = header ? { known_columns: columns } : { header: false, columns };
  return {
    ...(cut.kind === 'delimited' ? { delimiter: cut.delimiter, ...named } : {}),
    ...(cut.kind === 'sheet' ? { sheet: 1, ...named } : {}),
    ...(cut.kind === 'fixed'
      ? { fixed: Object.fromEntries([...cut.fields].map(([name, place]) => [name, [...place]])) }
      : {}),
    ...(kinds === undefined
      ? {}
      : { records: { in: [1, kinds.length], detail: [kinds.detail], others: [...kinds.others] } }),
    ...(skip === 0 ? {} : { skip }),
    ...(encoding === 'utf-8' ? {} : { encoding }),
    ...(trailer === null ? {} : { trailer: trailerOptions(trailer, cut) }),
  };
}

function trailerOptions(trailer: NonNullable<Shape['trailer']>, cut: Shape['cut']): Record<string, unknown> {
  const { countIn } = trailer;
  const place = typeof countIn === 'number' && cut.kind === 'fixed' ? [...cut.fields.values()][countIn - 1] : countIn;
  return {
    ...(trailer.prefix === '' ? {} : { prefix: trailer.prefix }),
    count_in: typeof place === 'object' ? [...place] : place,
    ...(trailer.counts === 'lines' ? { counts: 'lines' } : {}),
  };
}

function mapOf(
  shape: Shape,
  guesses: ReadonlyMap<number, ColumnGuess>,
  valuesOf: (at: number) => readonly string[],
  notes: string[],
): Record<string, unknown> {
  const found: [Target, unknown][] = [];
  const single: string[] = [];
  for (const [at, { target, words }] of guesses) {
    const from = shape.columns[at] ?? '';
    if (words === 1) single.push(`${from} as ${target}`);
    found.push([target, declare(target, from, valuesOf(at), notes)]);
  }
  if (single.length > 0) notes.push(`told by one word of the name: ${single.join(', ')}`);
  const order = Object.keys(TARGETS);
  found.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const map: Record<string, unknown> = Object.fromEntries(found);
  if (map['responseStatus'] !== undefined && map['status'] !== undefined) {
    map['code'] = codeOf(map['status'], notes);
    delete map['status'];
  }
  if (map['status'] === undefined && map['code'] === undefined) {
    map['status'] = { default: 'paid' };
    notes.push('no column tells paid from reversed: every row is taken as paid; map.status needs your eye');
  }
  return map;
}

/** A transaction code beside a response status: B1, B2, B3 as they stand. */
function codeOf(status: unknown, notes: string[]): unknown {
  if (typeof status !== 'object' || status === null || !('from' in status)) return status;
  notes.push(
    `${String(status.from)} was taken for the transaction code (B1, B2, B3) beside the response status; check it`,
  );
  return status.from;
}

function declare(target: Target, from: string, values: readonly string[], notes: string[]): unknown {
  const filled = values.filter((value) => value !== '');
  const kind = TARGETS[target];
  if (kind === 'date' || kind === 'instant') {
    const format = formatOf(filled, kind === 'instant');
    if (format === null) {
      notes.push(`the dates of ${from} are of no known format; declare it as { from: ${from}, format: ... }`);
      return from;
    }
    if (ambiguous(filled, format)) notes.push(`the dates of ${from} may have day and month the other way round`);
    return { from, format };
  }
  if (target === 'status') return { from, lookup: lookupOf(from, filled, notes) };
  if (target === 'patient.id') return { from, authority: 'CHANGE-ME', type: 'MR' };
  if (target === 'fill.number' && filled.length < values.length) return { from, default: 0 };
  return from;
}

/** The format that reads most of the values, at least four of five. */
function formatOf(values: readonly string[], timed: boolean): string | null {
  let best: string | null = null;
  let most = values.length * 0.8;
  for (const date of DATES)
    for (const time of timed ? TIMES : ['']) {
      const format = compileFormat(`${date}${time}`);
      if (typeof format === 'string') continue;
      const read = values.filter((value) =>
        timed ? readInstant(value, [format], 'UTC') !== undefined : readDate(value, format) !== undefined,
      ).length;
      if (read > most || (read === most && best === null)) [best, most] = [`${date}${time}`, read];
    }
  return values.length === 0 ? null : best;
}

/** Month first reads all of them, and day first would as well. */
function ambiguous(values: readonly string[], format: string): boolean {
  if (!format.startsWith('MM/dd')) return false;
  const other = compileFormat(format.replace('MM/dd', 'dd/MM'));
  return typeof other !== 'string' && values.every((value) => readDate(value.slice(0, 10), other) !== undefined);
}

/** Codes of a status column, to be named in a sentence: a column with many values is none, whatever its name is. */
const MOST_CODES = 12;

function lookupOf(from: string, values: readonly string[], notes: string[]): Record<string, string> {
  const lookup: Record<string, string> = {};
  const unknown: string[] = [];
  const codes = [...new Set(values.slice(0, 500))];
  for (const value of codes.slice(0, MOST_CODES)) {
    const meaning = MEANINGS.find(([pattern]) => pattern.test(value))?.[1];
    if (meaning !== undefined) lookup[value] = meaning;
    else unknown.push(value);
  }
  if (unknown.length > 0) {
    const few = codes.length <= MOST_CODES && unknown.every((code) => code.length <= 24);
    const which = few ? unknown.map((code) => JSON.stringify(code)).join(', ') : 'some values';
    notes.push(
      `${from}: the meaning of ${which} is not known; add it to map.status.lookup (${[...STATUSES.keys()].join(', ')})`,
    );
  }
  return lookup;
}

function missingOf(map: Readonly<Record<string, unknown>>): string[] {
  const missing = REQUIRED.filter(
    (alternatives) => !alternatives.some((targets) => targets.every((target) => map[target] !== undefined)),
  ).map((alternatives) => alternatives.map((targets) => targets.join(' and ')).join(' or '));
  return missing.length === 0
    ? []
    : [`no column was found for ${missing.join(', ')}; without them every row is rejected`];
}

/** Digits in a row that no single field has. */
const LONGEST_NUMBER = 14;

/** Fields of digits that touch each other: only the vendor's layout knows where one ends. */
function touchingOf({ cut, rows }: Shape): string[] {
  if (cut.kind !== 'fixed') return [];
  return [...cut.fields].flatMap(([name, [first, length]], at) =>
    length > LONGEST_NUMBER && rows.every((row) => /^\d*$/.test(row[at] ?? ''))
      ? [
          `${name} (positions ${first} to ${first + length - 1}) holds several fields that touch: take their places from the layout`,
        ]
      : [],
  );
}

function unmappedOf(shape: Shape, guesses: ReadonlyMap<number, ColumnGuess>): string[] {
  const names = shape.columns.filter((_, at) => !guesses.has(at));
  return names.length === 0 ? [] : [`not mapped: ${names.join(', ')}`];
}
