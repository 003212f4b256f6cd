/** How D.0 writes numbers, money and dates. Each reader answers undefined for a text it cannot read, never a guess. */
import { isDate } from '../../../src/model/calendar.ts';

const POSITIVE = '{ABCDEFGHI';
const NEGATIVE = '}JKLMNOPQR';

const digits = (text: string): boolean => /^\d+$/.test(text);

/** Places a decimal point `scale` digits from the right: `35`, 2 -> `0.35`. */
function scaled(number: string, scale: number): string {
  const point = number.length - scale;
  const whole = point > 0 ? number.slice(0, point) : '0';
  // Numbers are exact up to fifteen digits.
  const shown = whole.length <= 15 ? String(Number(whole)) : whole.replace(/^0+(?=\d)/, '');
  return `${shown}.${number.slice(Math.max(0, point)).padStart(scale, '0')}`;
}

/** Signed overpunch with two implied decimals: `00000000035A` = 3.51, `35P` = -3.57, a plain last digit is positive. */
export function readMoney(text: string): string | undefined {
  const last = text.slice(-1);
  const head = text.slice(0, -1);
  if (head !== '' && !digits(head)) return undefined;
  if (digits(last)) return scaled(text, 2);
  if (last !== '' && POSITIVE.includes(last)) return scaled(`${head}${POSITIVE.indexOf(last)}`, 2);
  if (last === '' || !NEGATIVE.includes(last)) return undefined;
  const amount = scaled(`${head}${NEGATIVE.indexOf(last)}`, 2);
  return amount === '0.00' ? amount : `-${amount}`;
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
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  return isDate(date) ? date : undefined;
}

/** 402-D2 normalised (12.15): trimmed, all-digit values without leading zeros. */
export function normaliseRx(text: string): string {
  const value = text.trim();
  return digits(value) ? value.replace(/^0+(?=\d)/, '') : value;
}
