/** The cells of one row seen through the feed's mapping, and the errors found on the way (12.18). */
import type { RecordError } from '../../../src/model/records.ts';
import type { ExtractOptions } from './options.ts';
import type { Mapping } from './options-mapping.ts';
import { anyHolds } from './options-rows.ts';
import type { Target } from './targets.ts';

/** A record error; `original` is cut to what the database keeps. */
export const recordError = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** One row while it is being read. */
export class Cells {
  readonly errors: RecordError[] = [];
  /** True once a required value is missing or unreadable. */
  rejected = false;
  readonly #cells: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #options: ExtractOptions;

  constructor(cells: readonly string[], places: ReadonlyMap<string, number>, options: ExtractOptions) {
    this.#cells = cells;
    this.#places = places;
    this.#options = options;
  }

  /** The trimmed text of a column, mapped or not. */
  ofColumn(column: string): string {
    const place = this.#places.get(column);
    return place === undefined ? '' : (this.#cells[place] ?? '').trim();
  }

  /** True when a condition of this rule of the feed holds for the row. */
  anyHolds(rule: 'reversedWhen' | 'rebilledWhen' | 'ignoredWhen'): boolean {
    const conditions = this.#options.rules[rule];
    return conditions.length > 0 && anyHolds(conditions, (column) => this.ofColumn(column));
  }

  mapping(target: Target): Mapping | undefined {
    return this.#options.mappings.get(target);
  }

  /** The name by which people know where the value stands. */
  fieldOf(target: Target): string {
    return this.mapping(target)?.from ?? target;
  }

  /** As sent, trimmed, before default and lookup. */
  sent(target: Target): string {
    const from = this.mapping(target)?.from;
    return from == null ? '' : this.ofColumn(from);
  }

  /** The text to be read; undefined when its lookup does not know it or its bytes are not of the declared encoding. */
  text(target: Target): string | undefined {
    const mapping = this.mapping(target);
    if (!mapping) return '';
    const sent = this.sent(target);
    if (sent.includes('\uFFFD')) return undefined;
    if (sent === '' && mapping.fallback !== null && !mapping.lookup?.has('')) return mapping.fallback;
    if (!mapping.lookup) return sent;
    return mapping.lookup.get(sent) ?? (sent === '' ? '' : undefined);
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
    return this.optional(target, (text) => text, 'text') ?? '';
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
