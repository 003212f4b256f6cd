/** HL7 date and time texts (`YYYY[MM[DD[HH[MM[SS[.s]]]]]][+/-ZZZZ]`) as instants and calendar dates. Pure. */
import { dateIn, instantOf, isDate } from '../../../src/model/calendar.ts';

/** A time as sent, understood. */
export interface Hl7Time {
  /** ISO 8601 in UTC. Parts that were not sent are the earliest possible. */
  instant: string;
  /** The calendar date as written, whatever the offset. */
  writtenDate: string;
  /** The offset as written (`-0500`); '' = the feed's zone was used. */
  offset: string;
}

/** Milliseconds without their dot are read too: seventeen digits can mean nothing else. */
const PATTERN = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9})|(\d{3}))?)?)?)?([+-]\d{4})?$/;

const inRange = (text: string, most: number): boolean => Number(text) <= most;

/**
 * Reads a time of at least day precision: a year or a month alone cannot say on which day something happened.
 * Undefined when it is not such a time. Without an offset it is a local time of `zone` (12.22).
 */
export function readTime(text: string, zone: string): Hl7Time | undefined {
  const parts = partsOf(text);
  if (!parts) return undefined;
  const { writtenDate, local, offset } = parts;
  if (offset === '') return { instant: instantOf(local, zone), writtenDate, offset };
  const instant = new Date(`${local}${offset.slice(0, 3)}:${offset.slice(3)}`).toISOString();
  return { instant, writtenDate, offset };
}

/** The calendar date as written, of a time that need not be an instant (a birth date). Undefined when it is no such time. */
export const readDate = (text: string): string | undefined => partsOf(text)?.writtenDate;

function partsOf(text: string): { writtenDate: string; local: string; offset: string } | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', dotted, bare, offset = ''] =
    match;
  const writtenDate = `${year}-${month}-${day}`;
  if (!isDate(writtenDate) || year < '1800') return undefined;
  if (!inRange(hour, 23) || !inRange(minute, 59) || !inRange(second, 59)) return undefined;
  if (offset !== '' && (!inRange(offset.slice(1, 3), 14) || !inRange(offset.slice(3), 59))) return undefined;
  const local = `${writtenDate}T${hour}:${minute}:${second}.${(dotted ?? bare ?? '').slice(0, 3).padEnd(3, '0')}`;
  return { writtenDate, local, offset };
}

/** The calendar date of a time in the feed's zone (written dates); a time without an offset is already in it. */
export function dateOf(time: Hl7Time, zone: string): string {
  return time.offset === '' ? time.writtenDate : dateIn(time.instant, zone);
}
