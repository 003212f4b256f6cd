/** The fields of one transaction as they are read, what is wrong with them, and whether 12.18 lets it in all the same. */
import type { Parsed } from '../../contract.ts';
import type { Memo } from '../../tables/memo.ts';
import type { Transmission } from './parse.ts';
import type { RecordError } from '../../../src/model/records.ts';

/** The sentence of a record error; `original` is cut to what the database keeps. */
export const recordError = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original: original.slice(0, 200),
});

/** A unit of which nothing is kept. */
export const reject = (position: string, field: string, message: string, original: string): Parsed => ({
  position,
  records: [],
  errors: [recordError(field, message, original)],
});

/** What most transactions have: no errors. */
const NO_ERRORS: RecordError[] = [];
Object.freeze(NO_ERRORS);

/** A field and how it is read. */
export interface Slot<T> {
  /** Its segment and its id, as `pairOf` has them. */
  segment: number;
  field: number;
  /** As errors name it: `402-D2`. */
  name: string;
  /** Undefined for a text it cannot read. */
  read: (text: string) => T | undefined;
  /** What its text should be, for people. */
  expected: string;
  memo: Memo<T>;
}

/** Reads the fields of one transaction, and collects its errors. `rejected` once a required value is missing or unreadable. */
export class Findings {
  errors = NO_ERRORS;
  rejected = false;
  #transmission: Transmission;
  #transaction: number;

  constructor(transmission: Transmission, transaction: number) {
    this.#transmission = transmission;
    this.#transaction = transaction;
  }

  /** The answer to it is read on. */
  goTo(transmission: Transmission, transaction: number): void {
    this.#transmission = transmission;
    this.#transaction = transaction;
  }

  /** The value is absent from the record, the record is accepted. */
  note(field: string, message: string, original: string): void {
    if (this.errors === NO_ERRORS) this.errors = [];
    this.errors.push(recordError(field, message, original));
  }

  /** The record is rejected. */
  refuse(field: string, message: string, original: string): void {
    this.note(field, message, original);
    this.rejected = true;
  }

  /** A value that may be left out: null when absent or unreadable, the latter noted. */
  optional<T>(slot: Slot<T>): T | null {
    if (!this.#find(slot)) return null;
    const value = this.#read(slot);
    if (value === undefined) this.note(slot.name, `is not ${slot.expected}`, this.#transmission.value());
    return value ?? null;
  }

  /** A text that may be left out: ''. */
  plain(slot: Slot<string>): string {
    return this.optional(slot) ?? '';
  }

  /** A value without which nothing can be made of the record; `fallback` keeps the reading going for further errors. */
  required<T>(slot: Slot<T>, fallback: T): T {
    return this.#demand(slot, this.#find(slot), fallback);
  }

  /** Whether it says anything. */
  has<T>(slot: Slot<T>): boolean {
    return this.#find(slot);
  }

  /** A value of the fixed header, without which nothing can be made of the record. */
  header(slot: Slot<string>, from: number, to: number): string {
    return this.#demand(slot, this.#transmission.goTo(from, to), '');
  }

  /** A text of the fixed header that may be blank. */
  headerPlain(slot: Slot<string>, from: number, to: number): string {
    return this.#transmission.goTo(from, to) ? (this.#read(slot) ?? '') : '';
  }

  #demand<T>(slot: Slot<T>, isThere: boolean, fallback: T): T {
    const value = isThere ? this.#read(slot) : undefined;
    if (value !== undefined) return value;
    if (isThere) this.refuse(slot.name, `is not ${slot.expected}`, this.#transmission.value());
    else this.refuse(slot.name, 'is missing', '');
    return fallback;
  }

  #find<T>({ segment, field }: Slot<T>): boolean {
    return this.#transmission.find(this.#transaction, segment, field);
  }

  #read<T>({ memo, read }: Slot<T>): T | undefined {
    const { text, from, to } = this.#transmission;
    const known = memo.find(text, from, to);
    if (known !== undefined) return known;
    const value = read(text.slice(from, to));
    if (value !== undefined) memo.keep(value);
    return value;
  }
}
