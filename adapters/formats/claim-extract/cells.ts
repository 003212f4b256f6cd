/** The cells of one row after the other, seen through the feed's mapping, and the errors found on the way (12.18). */
import type { RecordError } from '../../../src/model/records.ts';
import { anyHolds, type RowRules } from './options-rows.ts';
import type { Row } from './parse.ts';
import type { Binding, Slot, Slots } from './slots.ts';

/** A record error; `original` is cut to what the database keeps. */
export const recordError = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** What most rows have: no errors. */
const NO_ERRORS: RecordError[] = [];
Object.freeze(NO_ERRORS);

/** The row that is being read: one for a file, set to each of its rows. */
export class Cells {
  errors = NO_ERRORS;
  /** True once a required value is missing or unreadable. */
  rejected = false;
  readonly slots: Slots;
  readonly #binding: Binding;
  /** Where the cells of the row begin and end in its source. */
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #row = '';
  /** Its cells, when they were cut already. */
  #cut: readonly string[] | null = null;
  /** The text that was searched last, for a row from where, and the next delimiter in it. */
  #searched = '';
  #searchedFrom = 0;
  #found = -1;
  /** The cell looked at last, without blanks around it. */
  #source = '';
  #from = 0;
  #to = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.slots = binding.slots;
    this.#starts = new Int32Array(binding.width);
    this.#ends = new Int32Array(binding.width);
  }

  /** Goes to a row; the answer is how many cells it has. */
  goTo(row: Row): number {
    this.errors = NO_ERRORS;
    this.rejected = false;
    this.#row = row.source;
    this.#cut = row.cut;
    if (!row.shape) return row.cut?.length ?? 0;
    const { fields, delimiter } = row.shape;
    return fields ? this.#placeFields(row, fields) : this.#placeCells(row, delimiter);
  }

  /** The trimmed text of a column, mapped or not. */
  readonly ofColumn = (column: string): string => {
    this.#look(this.#binding.places.get(column) ?? -1);
    return this.#text();
  };

  /** True when a condition of this rule of the feed holds for the row. */
  anyHolds(rule: 'reversedWhen' | 'rebilledWhen' | 'ignoredWhen'): boolean {
    const conditions = this.#binding.rules[rule];
    return conditions.length > 0 && anyHolds(conditions, this.ofColumn);
  }

  /** The condition under which the feed refuses the row, if it does. */
  refusal(): RowRules['rejectWhen'][number] | undefined {
    const { rejectWhen } = this.#binding.rules;
    for (const rule of rejectWhen) if (anyHolds([rule], this.ofColumn)) return rule;
    return undefined;
  }

  /** True when the column holds nothing, and the feed does not say what that means. */
  isEmpty<T>(slot: Slot<T>): boolean {
    this.#look(slot.place);
    return this.#meant(slot) === '';
  }

  /** A value that may be left out: null when absent or unreadable, the latter noted. */
  optional<T>(slot: Slot<T>): T | null {
    this.#look(slot.place);
    if (this.#from === this.#to && !slot.emptySays) return null;
    const known = slot.memo.find(this.#source, this.#from, this.#to);
    if (known !== undefined) return known;
    const text = this.#meant(slot);
    if (text === '') return null;
    const value = this.#read(slot, text);
    if (value === undefined) this.#note(slot, problem(text, slot.expected));
    return value ?? null;
  }

  /** A text that may be left out: ''. */
  plain(slot: Slot<string>): string {
    return this.optional(slot) ?? '';
  }

  /** A value without which the record is rejected; `fallback` keeps the reading going for further errors. */
  required<T>(slot: Slot<T>, fallback: T): T {
    this.#look(slot.place);
    if (this.#from < this.#to || slot.emptySays) {
      const known = slot.memo.find(this.#source, this.#from, this.#to);
      if (known !== undefined) return known;
    }
    const text = this.#meant(slot);
    const value = text === '' ? undefined : this.#read(slot, text);
    if (value === undefined) {
      this.#note(slot, text === '' ? 'is missing' : problem(text, slot.expected));
      this.rejected = true;
    }
    return value ?? fallback;
  }

  /** Makes something of a text, and remembers that. */
  #read<T>(slot: Slot<T>, text: string | undefined): T | undefined {
    if (text === undefined || slot.mapping === null) return undefined;
    const value = slot.read(text, slot.mapping);
    if (value !== undefined) slot.memo.keep(value);
    return value;
  }

  /** The text to be read; undefined when its lookup does not know it or its bytes are not of the declared encoding. */
  #meant<T>({ mapping }: Slot<T>): string | undefined {
    if (mapping === null) return '';
    const sent = this.#text();
    const { lookup, fallback } = mapping;
    if (sent === '') return fallback !== null && !lookup?.has('') ? fallback : (lookup?.get('') ?? '');
    if (sent.includes('\uFFFD')) return undefined;
    return lookup ? lookup.get(sent) : sent;
  }

  /** Notes what is wrong with the cell looked at last, under the name by which people know where it stands. */
  #note<T>({ mapping, target }: Slot<T>, message: string): void {
    if (this.errors === NO_ERRORS) this.errors = [];
    this.errors.push(recordError(mapping?.from ?? target, message, this.#text()));
  }

  /** The cell looked at last as sent, trimmed, before default and lookup. */
  #text(): string {
    return this.#source.slice(this.#from, this.#to);
  }

  /** Looks at the cell at a place; -1 = an empty one. */
  #look(place: number): void {
    if (place === -1) {
      this.#from = this.#to = 0;
      return;
    }
    const cut = this.#cut;
    const source = cut ? (cut[place] ?? '') : this.#row;
    let from = cut ? 0 : (this.#starts[place] ?? 0);
    let to = cut ? source.length : (this.#ends[place] ?? 0);
    while (from < to && source.charCodeAt(from) === BLANK) from++;
    while (from < to && source.charCodeAt(to - 1) === BLANK) to--;
    this.#source = source;
    this.#from = from;
    this.#to = to;
    if (from === to || (isPlain(source.charCodeAt(from)) && isPlain(source.charCodeAt(to - 1)))) return;
    this.#source = source.slice(from, to).trim();
    this.#from = 0;
    this.#to = this.#source.length;
  }

  #placeCells({ source, from, to }: Row, delimiter: string): number {
    const starts = this.#starts;
    const ends = this.#ends;
    // A row that does not stand behind the one before lies in another text, though it may read the same.
    if (source !== this.#searched || from <= this.#searchedFrom) this.#found = -1;
    this.#searched = source;
    this.#searchedFrom = from;
    const { length } = delimiter;
    let found = this.#found;
    let count = 0;
    for (let start = from; ; count++) {
      // A search that ran past the end of the row is not made again for the next: rows without delimiters cost nothing.
      if (found < start) {
        found = source.indexOf(delimiter, start);
        if (found === -1) found = NOWHERE;
      }
      const end = found + length > to ? to : found;
      // What a typed array has no place for is counted and not kept.
      starts[count] = start;
      ends[count] = end;
      if (end === to) break;
      start = end + length;
    }
    this.#found = found;
    return count + 1;
  }

  #placeFields({ from, to }: Row, fields: readonly (readonly [number, number])[]): number {
    for (const [at, [first, length]] of fields.entries()) {
      const start = Math.min(to, from + first - 1);
      this.#starts[at] = start;
      this.#ends[at] = Math.min(to, start + length);
    }
    return fields.length;
  }
}

const BLANK = 32;
/** Behind every text. */
const NOWHERE = 0x3fffffff;
/** A sign that is no blank of any kind. */
const isPlain = (code: number): boolean => code > BLANK && code < 127;

const problem = (text: string | undefined, expected: string): string =>
  text === undefined ? 'is none of the declared values' : `is not ${expected}`;
