/** How D.0 writes numbers, money and dates. Each reader answers undefined for a text it cannot read, never a guess. */
import { isDay } from '../../../src/model/calendar.ts';

const ZERO = 48;
const NINE = 57;
const LETTER_A = 65;
const LETTER_I = 73;
const LETTER_J = 74;
const LETTER_R = 82;
const BRACE = 123;
const CLOSING_BRACE = 125;

/** The digits from an offset up to another, as a number; NaN for anything else and for nothing. */
function numberAt(text: string, from: number, to: number): number {
  let number = from < to ? 0 : Number.NaN;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) return Number.NaN;
    number = number * 10 + code - ZERO;
  }
  return number;
}

const digits = (text: string): boolean => !Number.isNaN(numberAt(text, 0, text.length));

/** Digits that a number holds exactly. */
const EXACT = 15;
/** `0.00` to `0.99` without the zero: money repeats itself. */
const CENTS = Array.from({ length: 100 }, (_, cents) => `.${String(cents).padStart(2, '0')}`);

/** Places a decimal point `scale` digits from the right: `35`, 2 -> `0.35`. */
function scaled(number: string, scale: number): string {
  const point = number.length - scale;
  const whole = point > 0 ? number.slice(0, point) : '0';
  const shown = whole.length <= EXACT ? String(Number(whole)) : whole.replace(/^0+(?=\d)/, '');
  return `${shown}.${number.slice(Math.max(0, point)).padStart(scale, '0')}`;
}

/** The last digit of an overpunched number, from 0 to 9, or from 10 to 19 where it is negative; NaN = none of them. */
function overpunched(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  if (code >= LETTER_A && code <= LETTER_I) return code - LETTER_A + 1;
  if (code >= LETTER_J && code <= LETTER_R) return code - LETTER_J + 11;
  return code === BRACE ? 0 : code === CLOSING_BRACE ? 10 : Number.NaN;
}

/** Signed overpunch with two implied decimals: `00000000035A` = 3.51, `35P` = -3.57, a plain last digit is positive. */
export function readMoney(text: string): string | undefined {
  const { length } = text;
  const last = overpunched(text.charCodeAt(length - 1));
  const head = length === 1 ? 0 : numberAt(text, 0, length - 1);
  if (Number.isNaN(last) || Number.isNaN(head)) return undefined;
  const cents = head * 10 + (last % 10);
  const amount =
    length > EXACT ? scaled(`${text.slice(0, -1)}${last % 10}`, 2) : `${Math.floor(cents / 100)}${CENTS[cents % 100]}`;
  return last < 10 || amount === '0.00' ? amount : `-${amount}`;
}

/** 9(7)v999: `30000` = 30.000. */
export const readQuantity = (text: string): string | undefined =>
  digits(text) && text.length <= 10 ? scaled(text, 3) : undefined;

/** A whole number of at most `width` digits. */
export const readWhole =
  (width: number) =>
  (text: string): number | undefined =>
    digits(text) && text.length <= width ? Number(text) : undefined;

/** CCYYMMDD as `YYYY-MM-DD`. */
export function readDay(text: string): string | undefined {
  const [year, month, day] = [numberAt(text, 0, 4), numberAt(text, 4, 6), numberAt(text, 6, 8)];
  if (text.length !== 8 || !isDay(year, month, day)) return undefined;
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

/** 402-D2 normalised (12.15): trimmed, all-digit values without leading zeros. */
export function normaliseRx(text: string): string {
  const value = text.trim();
  return value.startsWith('0') && digits(value) ? value.replace(/^0+(?=\d)/, '') : value;
}
