/** Reads typed values out of fields and notes what could not be read: field and reason in words, the value only as `original`. */
import type { Identifier, RecordError, Stated } from '../../../src/model/records.ts';
import { problem } from './parse.ts';
import type { Repetition, Segment } from './split.ts';
import { readDate, readTime } from './time.ts';
import type { Hl7Time } from './time.ts';

/** Values of one message; `errors` collects everything that was stated but cannot be read. */
export class Values {
  /** IANA zone of times without an offset. */
  readonly zone: string;
  readonly errors: RecordError[];
  constructor(zone: string, errors: RecordError[]) {
    this.zone = zone;
    this.errors = errors;
  }

  /** Notes a value that cannot be read. */
  fail(field: string, message: string, original = ''): void {
    this.errors.push(problem(field, message, original));
  }

  /** A time field; absent when unreadable (noted). */
  time(segment: Segment | undefined, index: number): Stated<Hl7Time> {
    const text = segment?.value(index);
    if (!segment || text === undefined) return undefined;
    if (text === null) return null;
    const time = readTime(text, this.zone);
    if (!time) this.fail(`${segment.name}-${index}`, 'a date or time of at least day precision was expected', text);
    return time;
  }

  /** The calendar date of a time field, whatever its offset; absent when unreadable (noted). */
  date(segment: Segment, index: number): Stated<string> {
    const text = segment.value(index);
    if (text === undefined || text === null) return text;
    const date = readDate(text);
    if (date === undefined)
      this.fail(`${segment.name}-${index}`, 'a date or time of at least day precision was expected', text);
    return date;
  }

  /** An exact decimal, as text with a leading digit; absent when unreadable (noted). */
  decimal(segment: Segment, index: number): Stated<string> {
    const text = segment.value(index);
    if (text === undefined || text === null) return text;
    const match = /^\+?0*(\d{0,11})(\.\d{1,6})?$/.exec(text);
    if (match && /\d/.test(text)) return `${match[1] || '0'}${match[2] ?? ''}`;
    this.fail(`${segment.name}-${index}`, 'a number was expected', text);
    return undefined;
  }

  /** A whole number as text; absent when unreadable (noted). */
  count(segment: Segment, index: number): Stated<string> {
    const text = segment.value(index);
    if (text === undefined || text === null) return text;
    if (/^\d{1,4}$/.test(text)) return String(Number(text));
    this.fail(`${segment.name}-${index}`, 'a whole number was expected', text);
    return undefined;
  }
}

/** The NPI of an XCN field: the repetition of id type NPI (XCN-13), else a plain ten-digit id. */
export function npiOf(segment: Segment | undefined, index: number): Stated<string> {
  const people = segment?.repetitions(index) ?? [];
  const named = people.find((person) => person.text(13).toUpperCase() === 'NPI' && person.text(1) !== '');
  if (named) return named.text(1);
  const plain = people.find((person) => /^\d{10}$/.test(person.text(1)));
  if (plain) return plain.text(1);
  return people[0]?.value(1) === null ? null : undefined;
}

/** The name of an assigning authority or facility (HD): namespace id, else universal id; '' when neither is sent. */
export const authorityOf = (repetition: Repetition, component: number): string =>
  repetition.text(component, 1) || repetition.text(component, 2);

/** A CX identifier, undefined when it has no value or is a social security number, which the hub does not keep. */
export function identifierOf(repetition: Repetition, type = ''): Identifier | undefined {
  const value = repetition.text(1);
  const given = repetition.text(5) || type;
  if (value === '' || given.toUpperCase() === 'SS') return undefined;
  return { authority: authorityOf(repetition, 4), type: given, value };
}
