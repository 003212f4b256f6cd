/** Calendar arithmetic on `YYYY-MM-DD` text, and local times of a feed's zone. Pure: today is always a parameter. */
import { Temporal } from 'temporal-polyfill';

/** True for a day that exists. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const day = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
  return day.toISOString().slice(0, 10) === text;
}

/** A day as a count from 1970-01-01. Deciding asks for a few thousand days millions of times, so both directions are remembered. */
function dayNumber(date: string): number {
  const known = NUMBERS.get(date);
  if (known !== undefined) return known;
  const number = Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
  if (NUMBERS.size >= REMEMBERED_MAX) NUMBERS.clear();
  NUMBERS.set(date, number);
  return number;
}

function dayText(number: number): string {
  const known = TEXTS.get(number);
  if (known !== undefined) return known;
  const text = new Date(number * 86_400_000).toISOString().slice(0, 10);
  if (TEXTS.size >= REMEMBERED_MAX) TEXTS.clear();
  TEXTS.set(number, text);
  return text;
}

const REMEMBERED_MAX = 50_000;
const NUMBERS = new Map<string, number>();
const TEXTS = new Map<number, string>();

/** The day `days` after `date`. */
export const addDays = (date: string, days: number): string => dayText(dayNumber(date) + days);

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from);

/** `2026Q3`. */
export const quarterOf = (date: string): string => `${date.slice(0, 4)}Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;

/** True when `date` lies in a period whose end date is the last day that counts; null = open (12.10). */
export const within = (date: string, from: string | null, to: string | null): boolean =>
  (from === null || from <= date) && (to === null || date <= to);

/** True when `date` lies in a period whose termination date is the first day that no longer counts (OPAIS, 12.10). */
export const participates = (date: string, from: string | null, termination: string | null): boolean =>
  (from === null || from <= date) && (termination === null || date < termination);

/**
 * A local date and time of a zone as an instant. A time in a DST gap moves forward by the gap; one that exists twice is
 * the earlier (12.22). `local` is `YYYY-MM-DDTHH:mm:ss[.fff]`.
 */
export function instantOf(local: string, zone: string): string {
  return new Date(
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds,
  ).toISOString();
}

/** The calendar date of an instant in a zone. */
export function dateIn(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
}
