/** A JSON element with its path (`Encounter.period.start`): reading a value of the wrong kind notes where it stood. */
import type { RecordError, Stated } from '../../../src/model/records.ts';
import { dateOf, readTime, type FhirTime } from './time.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is no list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What was stated but cannot be read: element path and reason in words, the value only as `original`. */
export class Notes {
  readonly errors: RecordError[] = [];

  /** `zone` is the feed's: times without an offset are local to it. */
  constructor(readonly zone: string) {}

  fail(field: string, message: string, original: unknown = ''): void {
    const text = typeof original === 'string' ? original : (JSON.stringify(original) ?? '');
    this.errors.push({ code: 'RECORD_INVALID', field, message, original: text.slice(0, 200) });
  }
}

/** PostgreSQL's text cannot hold a NUL, which JSON can escape. */
const clean = (text: string): string => text.trim().replaceAll('\u0000', '\uFFFD');

/** An exact decimal of at most fifteen digits: what JSON numbers carry without loss. */
const DECIMAL = /^-?\d{1,12}(\.\d{1,6})?$/;

/** One element of a resource; `value` is undefined where nothing was sent. */
export class Element {
  constructor(
    readonly value: unknown,
    readonly path: string,
    readonly notes: Notes,
  ) {}

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** A child element; a list in its place is read as its first entry. */
  child(name: string): Element {
    const value = isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return new Element(Array.isArray(value) ? value[0] : value, `${this.path}.${name}`, this.notes);
  }

  /** The entries of a list; a single element in its place is a list of one. */
  list(name: string): Element[] {
    const value = isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return [new Element(value, `${this.path}.${name}`, this.notes)];
    return value.map((entry, index) => new Element(entry, `${this.path}.${name}[${index}]`, this.notes));
  }

  /** A text or code; '' when absent. Anything but a text is noted. */
  text(name: string): string {
    const { value, path } = this.child(name);
    if (value === undefined || value === null) return '';
    if (typeof value === 'string') return clean(value);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.notes.fail(path, 'a text was expected', value);
    return '';
  }

  /** A text as a statement: a resource is complete, so what it does not say does not hold. */
  stated(name: string): string | null {
    return this.text(name) || null;
  }

  /** A time of at least day precision; null when not sent, undefined when unreadable (noted). */
  time(name: string): Stated<FhirTime> {
    const { value, path } = this.child(name);
    if (value === undefined || value === null) return null;
    const time = typeof value === 'string' ? readTime(clean(value), this.notes.zone) : undefined;
    if (time === undefined) this.notes.fail(path, 'a date or time of at least day precision was expected', value);
    return time;
  }

  /** A calendar date in the feed's zone. */
  date(name: string): Stated<string> {
    const time = this.time(name);
    return time ? dateOf(time, this.notes.zone) : time;
  }

  /** An exact decimal as text. */
  decimal(name: string): Stated<string> {
    const { value, path } = this.child(name);
    if (value === undefined || value === null) return null;
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    if (DECIMAL.test(text)) return text;
    this.notes.fail(path, 'a number of at most twelve digits and six decimals was expected', value);
    return undefined;
  }

  /** A whole number as text. */
  count(name: string): Stated<string> {
    const { value, path } = this.child(name);
    if (value === undefined || value === null) return null;
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    if (/^\d{1,4}$/.test(text)) return String(Number(text));
    this.notes.fail(path, 'a whole number was expected', value);
    return undefined;
  }
}
