/** Calendar arithmetic on `YYYY-MM-DD` text, and local times of a feed's zone. Pure: today is always a parameter. */
import { Temporal } from 'temporal-polyfill';

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** True for a day of the calendar. A year below 100 is a year cut short, never meant. */
export const isDay = (year: number, month: number, day: number): boolean =>
  year >= 100 && day >= 1 && (day <= (MONTH_DAYS[month - 1] ?? 0) || (month === 2 && day === 29 && isLeap(year)));

/** True for a day that exists. By arithmetic: a Date for every date of a file is most of the time of reading it. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  isDay(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));

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
  const hour = instantHour(local.slice(0, 13), zone);
  if (hour === null || !/^:[0-5]\d:[0-5]\d(?:\.\d{3})?$/.test(local.slice(13))) return exactInstant(local, zone);
  return `${hour}${local.slice(13)}${local.length === 19 ? '.000Z' : 'Z'}`;
}

const exactInstant = (local: string, zone: string): string =>
  new Date(
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds,
  ).toISOString();

/** UTC hours by local hour (`2026-03-02T10`), zone by zone: asking a zone for every line is most of the time of a file. */
const HOURS = new Map<string, Map<string, string | null>>();
const MOST_HOURS = 50_000;

/** The UTC hour that all of a local hour falls into; null where it falls into several (offsets of half hours, changes). */
function instantHour(local: string, zone: string): string | null {
  let hours = HOURS.get(zone);
  if (!hours || hours.size >= MOST_HOURS) HOURS.set(zone, (hours = new Map()));
  const known = hours.get(local);
  if (known !== undefined) return known;
  const found = ['00:00', '30:00', '59:59'].map((rest) => exactInstant(`${local}:${rest}`, zone));
  const hour = found[0]?.slice(0, 13) ?? '';
  const even =
    found[0] === `${hour}:00:00.000Z` && found[1] === `${hour}:30:00.000Z` && found[2] === `${hour}:59:59.000Z`;
  hours.set(local, even ? hour : null);
  return even ? hour : null;
}

/** The calendar date of an instant in a zone. */
export function dateIn(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
}
