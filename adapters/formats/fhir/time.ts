/** FHIR date, dateTime and instant texts as instants and calendar dates. Pure. */
import { dateIn, instantOf, isDate } from '../../../src/model/calendar.ts';

/** A time as sent, understood. */
export interface FhirTime {
  /** ISO 8601 in UTC; a date alone is its first moment in the feed's zone. */
  instant: string;
  /** The calendar date as written. */
  writtenDate: string;
  /** `Z`, `-05:00`; '' = the feed's zone was used. */
  offset: string;
  text: string;
}

const PATTERN = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

const inRange = (text: string, most: number): boolean => Number(text) <= most;

/**
 * Reads a time of at least day precision: a year or a month alone cannot say on which day something happened. Undefined
 * when it is not such a time. Without an offset it is a local time of `zone`, although FHIR asks for one (12.22).
 */
export function readTime(text: string, zone: string): FhirTime | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, writtenDate = '', hour = '00', minute = '00', second = '00', fraction = '', sent = ''] = match;
  if (!isDate(writtenDate) || writtenDate < '1800') return undefined;
  // A leap second is the last moment of its minute.
  if (!inRange(hour, 23) || !inRange(minute, 59) || !inRange(second, 60)) return undefined;
  const whole = second === '60' ? '59' : second;
  const local = `${writtenDate}T${hour}:${minute}:${whole}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const offset = sent.toUpperCase();
  if (offset === '') return { instant: instantOf(local, zone), writtenDate, offset, text };
  if (offset !== 'Z' && (!inRange(offset.slice(1, 3), 14) || !inRange(offset.slice(4), 59))) return undefined;
  return { instant: new Date(`${local}${offset}`).toISOString(), writtenDate, offset, text };
}

/** The calendar date of a time in the feed's zone; a time without an offset is already in it. */
export function dateOf(time: FhirTime, zone: string): string {
  return time.offset === '' ? time.writtenDate : dateIn(time.instant, zone);
}
