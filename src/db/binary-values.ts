/**
 * Texts of values as the numbers that PostgreSQL's binary forms are made of. By hand: a large file has dozens in each line,
 * and a Date or an expression for each would take longer than what the database saves.
 */

import { hasDay, isLeap } from '../model/calendar.ts';

/** What a text is that is no such value. No value is it: days, seconds and lengths are far from it. */
export const NOT_ONE = -(2 ** 31);

const [MINUS, POINT, ZERO, COLON, LETTER_T, LETTER_Z] = [45, 46, 48, 58, 84, 90];
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/** From the last day before the year 1 to 2000-01-01, the day 0 of PostgreSQL. */
const EPOCH = 730_120;
const SECOND_END = 19;
/** Microseconds of a fraction with so many digits. */
const FRACTION_UNITS = [0, 100_000, 10_000, 1_000, 100, 10, 1];

/** Sign, weight, scale and number of the groups of four digits that follow. */
const DECIMAL_HEAD = 8;
const NEGATIVE = 0x4000;
/** Far longer than any that a column holds, and what fits into the head. */
const LONGEST_DECIMAL = 1_000;
/** What fills a group up that has so many digits. */
const FILLED_UP = [1, 1_000, 100, 10];

/** Room that `putDecimal` needs at most. */
export const decimalRoom = (text: string): number => DECIMAL_HEAD + text.length + 4;

/** Two digits; negative when they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NOT_ONE;
}

/** Days from 2000-01-01 to the day that a text begins with (`YYYY-MM-DD`). */
export function dayOf(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (text.charCodeAt(4) !== MINUS || text.charCodeAt(7) !== MINUS || !hasDay(year, month, day)) return NOT_ONE;
  const leap = isLeap(year) ? 1 : 0;
  const years = year - 1;
  const start = years * 365 + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return start + (DAYS_BEFORE_MONTH[month - 1] ?? 0) + (month > 2 ? leap : 0) + day - EPOCH;
}

/** Microseconds from midnight in `YYYY-MM-DDTHH:MM:SS[.f]Z`, one to six digits in the fraction. */
export function timeOf(text: string): number {
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const last = text.length - 1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NOT_ONE;
  if (text.charCodeAt(10) !== LETTER_T || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON)
    return NOT_ONE;
  if (text.charCodeAt(last) !== LETTER_Z) return NOT_ONE;
  const fraction = last === SECOND_END ? 0 : fractionOf(text, last);
  return fraction < 0 ? NOT_ONE : (hour * 3_600 + minute * 60 + second) * 1_000_000 + fraction;
}

/** Microseconds of a fraction that ends before `end`. */
function fractionOf(text: string, end: number): number {
  const units = FRACTION_UNITS[end - SECOND_END - 1] ?? 0;
  if (units === 0 || text.charCodeAt(SECOND_END) !== POINT) return NOT_ONE;
  let number = 0;
  for (let at = SECOND_END + 1; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return NOT_ONE;
    number = number * 10 + digit;
  }
  return number * units;
}

/** Offset behind the digits that begin at `at`. */
function endOfDigits(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) >= ZERO && text.charCodeAt(end) <= ZERO + 9) end += 1;
  return end;
}

/** Writes a decimal (`-12.50`) in the binary form of numeric, equal ones (`-12.5`) in equal bytes; answers its length. */
export function putDecimal(view: DataView, start: number, text: string): number {
  const { length } = text;
  const sign = text.charCodeAt(0) === MINUS ? 1 : 0;
  const point = endOfDigits(text, sign);
  const end = text.charCodeAt(point) === POINT ? endOfDigits(text, point + 1) : point;
  let scale = Math.max(0, end - point - 1);
  if (end !== length || point - sign + scale === 0 || length > LONGEST_DECIMAL) return NOT_ONE;
  let first = sign;
  while (first < point && text.charCodeAt(first) === ZERO) first += 1;
  while (scale > 0 && text.charCodeAt(point + scale) === ZERO) scale -= 1;
  let at = start + DECIMAL_HEAD;
  let group = 0;
  for (let index = first; index < point; index += 1) {
    group = group * 10 + text.charCodeAt(index) - ZERO;
    if (((point - index) & 3) !== 1) continue;
    view.setInt16(at, group);
    at += 2;
    group = 0;
  }
  for (let index = point + 1; index <= point + scale; index += 1) {
    group = group * 10 + text.charCodeAt(index) - ZERO;
    if (((index - point) & 3) !== 0) continue;
    view.setInt16(at, group);
    at += 2;
    group = 0;
  }
  if ((scale & 3) !== 0) {
    view.setInt16(at, group * (FILLED_UP[scale & 3] ?? 1));
    at += 2;
  }
  view.setInt16(start, (at - start - DECIMAL_HEAD) / 2);
  view.setInt16(start + 2, ((point - first + 3) >> 2) - 1);
  // Zero has no sign.
  view.setInt16(start + 4, first === point && scale === 0 ? 0 : sign * NEGATIVE);
  view.setInt16(start + 6, scale);
  return at - start;
}
