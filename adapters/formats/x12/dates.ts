/** Dates and times as X12 writes them. */
import { instantOf, isDate } from '../../../src/model/calendar.ts';
import type { Segment } from './parse.ts';

/** CCYYMMDD; older senders leave the century out. Null = no such day. */
export function readDate(text: string): string | null {
  const digits = /^\d{6}$/.test(text) ? `20${text}` : text;
  if (!/^\d{8}$/.test(digits)) return null;
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  return isDate(date) ? date : null;
}

/** Of each group once: a file has thousands of documents in one. A group belongs to one file, and so to one zone. */
const CREATED = new WeakMap<Segment, string | null>();

/** GS04 and GS05 (HHMM, HHMMSS, HHMMSSDD) as an instant of the feed's zone; null = absent or unreadable. */
export function createdAt(gs: Segment | null, zone: string): string | null {
  if (gs === null) return null;
  const known = CREATED.get(gs);
  if (known !== undefined) return known;
  const created = creation(gs, zone);
  CREATED.set(gs, created);
  return created;
}

function creation(gs: Segment, zone: string): string | null {
  const date = readDate(gs.element(4));
  const time = /^([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\d{1,2})?)?$/.exec(gs.element(5));
  if (date === null || !time) return null;
  const [, hour, minute, second = '00', fraction = '0'] = time;
  return instantOf(`${date}T${hour}:${minute}:${second}.${fraction}`, zone);
}
