/** What was wrong in one transaction, and whether 12.18 lets it in all the same. */
import type { Parsed } from '../../contract.ts';
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

/** Collects the errors of one transaction. `rejected` once a required value is missing or unreadable. */
export class Findings {
  readonly errors: RecordError[] = [];
  rejected = false;

  /** The value is absent from the record, the record is accepted. */
  note(field: string, message: string, original: string): void {
    this.errors.push(recordError(field, message, original));
  }

  /** The record is rejected. */
  refuse(field: string, message: string, original: string): void {
    this.note(field, message, original);
    this.rejected = true;
  }

  /** A value that may be left out: null when absent or unreadable, the latter noted. */
  optional<T>(field: string, text: string, read: (text: string) => T | undefined, expected: string): T | null {
    if (text === '') return null;
    const value = read(text);
    if (value === undefined) this.note(field, `is not ${expected}`, text);
    return value ?? null;
  }

  /** A value without which nothing can be made of the record; `fallback` keeps the reading going for further errors. */
  required<T>(field: string, text: string, read: (text: string) => T | undefined, expected: string, fallback: T): T {
    const value = text === '' ? undefined : read(text);
    if (value === undefined) this.refuse(field, text === '' ? 'is missing' : `is not ${expected}`, text);
    return value ?? fallback;
  }
}
