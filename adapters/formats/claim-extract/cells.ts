/** The cells of one row seen through the feed's mapping, and the errors found on the way (12.18). */
import type { RecordError } from '../../../src/model/records.ts';
import type { ExtractOptions } from './options.ts';
import type { Mapping } from './options-mapping.ts';
import { anyHolds, type RowRules } from './options-rows.ts';
import type { Target } from './targets.ts';

/** A record error; `original` is cut to what the database keeps. */
export const recordError = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** Where a target is read from in the files of one header. */
export interface Slot {
  mapping: Mapping;
  /** Place of its column; -1 = the same value in every record. */
  place: number;
}

/** A declaration bound to the columns of a file. */
export interface Binding {
  slots: ReadonlyMap<Target, Slot>;
  /** Place of each column by its name. */
  places: ReadonlyMap<string, number>;
  rules: RowRules;
}

/** Binds a declaration to the columns of a file. */
export function bindColumns(columns: readonly string[], options: ExtractOptions): Binding {
  const slots = [...options.mappings].map(([target, mapping]): [Target, Slot] => [
    target,
    { mapping, place: mapping.from === null ? -1 : columns.lastIndexOf(mapping.from) },
  ]);
  const places = new Map(columns.map((name, at) => [name, at]));
  return { slots: new Map(slots), places, rules: options.rules };
}

/** One row while it is being read. */
export class Cells {
  readonly errors: RecordError[] = [];
  /** True once a required value is missing or unreadable. */
  rejected = false;
  readonly #cells: readonly string[];
  readonly #slots: ReadonlyMap<Target, Slot>;
  readonly #binding: Binding;

  constructor(cells: readonly string[], binding: Binding) {
    this.#cells = cells;
    this.#slots = binding.slots;
    this.#binding = binding;
  }

  /** The trimmed text of a column, mapped or not. */
  ofColumn(column: string): string {
    return (this.#cells[this.#binding.places.get(column) ?? -1] ?? '').trim();
  }

  /** True when a condition of this rule of the feed holds for the row. */
  anyHolds(rule: 'reversedWhen' | 'rebilledWhen' | 'ignoredWhen'): boolean {
    const conditions = this.#binding.rules[rule];
    return conditions.length > 0 && anyHolds(conditions, (column) => this.ofColumn(column));
  }

  mapping(target: Target): Mapping | undefined {
    return this.#slots.get(target)?.mapping;
  }

  /** The name by which people know where the value stands. */
  fieldOf(target: Target): string {
    return this.mapping(target)?.from ?? target;
  }

  /** As sent, trimmed, before default and lookup. */
  sent(target: Target): string {
    const slot = this.#slots.get(target);
    return slot ? this.#at(slot) : '';
  }

  #at({ place }: Slot): string {
    return place === -1 ? '' : (this.#cells[place] ?? '').trim();
  }

  /** The text to be read; undefined when its lookup does not know it or its bytes are not of the declared encoding. */
  text(target: Target): string | undefined {
    const slot = this.#slots.get(target);
    if (!slot) return '';
    const sent = this.#at(slot);
    const { lookup, fallback } = slot.mapping;
    if (sent === '') return fallback !== null && !lookup?.has('') ? fallback : (lookup?.get('') ?? '');
    if (sent.includes('\uFFFD')) return undefined;
    return lookup ? lookup.get(sent) : sent;
  }

  /** A value that may be left out: null when absent or unreadable, the latter noted. */
  optional<T>(target: Target, read: (text: string) => T | undefined, expected: string): T | null {
    const text = this.text(target);
    if (text === '') return null;
    const value = text === undefined ? undefined : read(text);
    if (value === undefined) this.note(target, this.#problem(text, expected));
    return value ?? null;
  }

  /** A text that may be left out: ''. */
  plain(target: Target): string {
    const text = this.text(target);
    if (text === undefined) this.note(target, this.#problem(text, 'text'));
    return text ?? '';
  }

  /** A value without which the record is rejected; `fallback` keeps the reading going for further errors. */
  required<T>(target: Target, read: (text: string) => T | undefined, expected: string, fallback: T): T {
    const text = this.text(target);
    const value = text === undefined || text === '' ? undefined : read(text);
    if (value === undefined) this.refuse(target, text === '' ? 'is missing' : this.#problem(text, expected));
    return value ?? fallback;
  }

  #problem(text: string | undefined, expected: string): string {
    return text === undefined ? 'is none of the declared values' : `is not ${expected}`;
  }

  note(target: Target, message: string): void {
    this.errors.push(recordError(this.fieldOf(target), message, this.sent(target)));
  }

  refuse(target: Target, message: string): void {
    this.note(target, message);
    this.rejected = true;
  }
}
