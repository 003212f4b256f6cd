/** Calendar arithmetic on `YYYY-MM-DD` text, and local times of a feed's zone. Pure: today is always a parameter. */
import { Temporal } from 'temporal-polyfill';

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** True for a year with a 29 February. */
export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** True for a day of the calendar in any year from 1. */
export const hasDay = (year: number, month: number, day: number): boolean =>
  year >= 1 && day >= 1 && (day <= (MONTH_DAYS[month - 1] ?? 0) || (month === 2 && day === 29 && isLeap(year)));

/** True for a day that a sender can mean: a year below 100 is a year cut short. */
export const isDay = (year: number, month: number, day: number): boolean => year >= 100 && hasDay(year, month, day);

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

const HOUR = 3_600_000;

/** What is known of hours, by zone and hour: the same few come again and again, and asking the zone costs a hundred times more. */
class Hours<Hour extends string | number, Known> {
  readonly #zones = new Map<string, Map<Hour, Known>>();
  /** @param ask for an hour that is not known yet. */
  of(zone: string, hour: Hour, ask: (hour: Hour, zone: string) => Known): Known {
    let hours = this.#zones.get(zone);
    if (!hours) this.#zones.set(zone, (hours = new Map<Hour, Known>()));
    let known = hours.get(hour);
    if (known !== undefined) return known;
    known = ask(hour, zone);
    if (hours.size >= 20_000) hours.clear();
    hours.set(hour, known);
    return known;
  }
}
const localHours = new Hours<string, LocalHour>();
/** The same by YYYYMMDDHH as a number. */
const numberedHours = new Hours<number, LocalHour>();
/** Offsets; NaN = it changes within the hour. */
const instantHours = new Hours<number, number>();

/** An hour of local time. */
interface LocalHour {
  /** Milliseconds from local time to UTC; NaN = they change within the hour. */
  toUtc: number;
  /** `YYYY-MM-DDTHH` in UTC; '' = it begins at no full hour there. */
  utc: string;
}

const exactInstant = (local: string, zone: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;

function localHour(hour: string, zone: string): LocalHour {
  const at = (end: string): number => exactInstant(end, zone) - Date.parse(`${end}Z`);
  const [first, last] = [at(`${hour}:00:00.000`), at(`${hour}:59:59.999`)];
  if (first !== last) return { toUtc: Number.NaN, utc: '' };
  const start = Date.parse(`${hour}:00:00.000Z`) + first;
  return { toUtc: first, utc: start % HOUR === 0 ? new Date(start).toISOString().slice(0, 13) : '' };
}

/** What follows the hour in a time that needs no arithmetic. */
const WITHIN_HOUR = /^:[0-5]\d:[0-5]\d\.\d{3}$/;

/**
 * A local date and time of a zone as an instant. A time in a DST gap moves forward by the gap; one that exists twice is
 * the earlier (12.22). `local` is `YYYY-MM-DDTHH:mm:ss[.fff]`.
 */
export function instantOf(local: string, zone: string): string {
  const hour = local.slice(0, 13);
  const { toUtc, utc } = localHours.of(zone, hour, localHour);
  const rest = local.slice(13);
  if (utc !== '' && WITHIN_HOUR.test(rest)) return `${utc}${rest}Z`;
  const instant = Date.parse(`${local}Z`) + toUtc;
  return new Date(Number.isNaN(instant) ? exactInstant(local, zone) : instant).toISOString();
}

/** A local date and time in numbers, each within its bounds. */
export interface LocalMoment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

/** What `instantOf` makes of the text of a moment; of a common one no text is made but the instant's. */
export function instantAt(moment: LocalMoment, zone: string): string {
  const { year, month, day, hour, minute, second, millisecond } = moment;
  const { utc } = numberedHours.of(zone, ((year * 100 + month) * 100 + day) * 100 + hour, numberedHour);
  if (utc !== '' && millisecond === 0) return utc + wholeSecond(minute, second);
  const time = `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}.${padded(millisecond, 3)}`;
  return instantOf(`${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}T${time}`, zone);
}

/** A number with zeros in front. */
export const padded = (value: number, width: number): string => String(value).padStart(width, '0');

function numberedHour(number: number, zone: string): LocalHour {
  const text = padded(number, 10);
  return localHour(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(8)}`, zone);
}

/** The ends of instants at the seconds of an hour. */
const SECONDS = Array.from({ length: 3600 }, () => '');

function wholeSecond(minute: number, second: number): string {
  const known = SECONDS[minute * 60 + second] ?? '';
  if (known !== '') return known;
  return (SECONDS[minute * 60 + second] = `:${padded(minute, 2)}:${padded(second, 2)}.000Z`);
}

/** The calendar date of an instant in a zone. */
export function dateIn(instant: string, zone: string): string {
  const exact = (): string => Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return exact();
  const hour = Math.floor(at / HOUR);
  const offset = instantHours.of(zone, hour, () => {
    const offsetAt = (ms: number): number =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000;
    const first = offsetAt(hour * HOUR);
    return first === offsetAt((hour + 1) * HOUR - 1) ? first : Number.NaN;
  });
  return Number.isNaN(offset) ? exact() : new Date(at + offset).toISOString().slice(0, 10);
}

/** The local time of an instant in a zone: `YYYY-MM-DDTHH:mm:ss`. */
export function localTime(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
}
