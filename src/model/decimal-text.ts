/**
 * Exact decimals as text. Quantities and money never become floating point: they are read, compared and multiplied as whole
 * numbers of their smallest unit.
 */

/** How large a decimal may be: digits before the point and after it (the width of the column that keeps it). */
export interface DecimalWidth {
  whole: number;
  fraction: number;
}

/** numeric(14,3): billing units and packages. */
export const QUANTITY: DecimalWidth = { whole: 11, fraction: 3 };
/** numeric(14,4): package prices. */
export const PRICE: DecimalWidth = { whole: 10, fraction: 4 };
/** numeric(14,2): amounts of money. */
export const MONEY: DecimalWidth = { whole: 12, fraction: 2 };

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const PLUS = 43;
const MINUS = 45;

/** Offset after the digits that begin at `at`. */
function endOfDigits(text: string, at: number): number {
  let end = at;
  while (end < text.length && text.charCodeAt(end) >= ZERO && text.charCodeAt(end) <= NINE) end += 1;
  return end;
}

/**
 * Reads `12`, `-12.50`, `+.5` or `007.` into the shortest equal form (`12`, `-12.5`, `0.5`, `7`), so that equal values are equal
 * text. Null = not a plain decimal, or finer or larger than the width: nothing is rounded silently. By hand: large files have
 * several in each line, and an expression took five times as long.
 */
export function readDecimal(text: string, width: DecimalWidth): string | null {
  const value = text.trim();
  if (value.length > 40) return null;
  const sign = value.charCodeAt(0);
  const start = sign === PLUS || sign === MINUS ? 1 : 0;
  const point = endOfDigits(value, start);
  const end = value.charCodeAt(point) === POINT ? endOfDigits(value, point + 1) : point;
  // Digits on one side of the point at least, and nothing behind them.
  if (end < value.length || end - start - (end > point ? 1 : 0) === 0) return null;
  let first = start;
  while (first < point && value.charCodeAt(first) === ZERO) first += 1;
  let last = end;
  while (last > point + 1 && value.charCodeAt(last - 1) === ZERO) last -= 1;
  const fraction = Math.max(0, last - point - 1);
  if (point - first > width.whole || fraction > width.fraction) return null;
  if (first === point && fraction === 0) return '0';
  const digits = value.slice(first, fraction === 0 ? point : last);
  return `${sign === MINUS ? '-' : ''}${first === point ? '0' : ''}${digits}`;
}

/** A decimal as a whole number of 10^-fraction; the text must have passed readDecimal with at most that many decimals. */
export function scaled(decimal: string, fraction: number): bigint {
  const [whole = '', right = ''] = decimal.split('.');
  return BigInt(`${whole}${right.padEnd(fraction, '0')}`);
}

/** The decimal of a whole number of 10^-fraction, with all its decimals (`-1250`, 2 -> `-12.50`). */
export function unscaled(value: bigint, fraction: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(fraction + 1, '0');
  const sign = value < 0n ? '-' : '';
  if (fraction === 0) return sign + digits;
  return `${sign}${digits.slice(0, -fraction)}.${digits.slice(-fraction)}`;
}

/** The same decimal with the other sign; zero has none. */
export function negated(decimal: string): string {
  if (decimal.startsWith('-')) return decimal.slice(1);
  return decimal === '0' ? decimal : `-${decimal}`;
}

/** Packages x unit price in cents, rounded half away from zero (DOMAIN 12.37). */
export function amountInCents(packages: string, unitPrice: string): bigint {
  const product = scaled(packages, QUANTITY.fraction) * scaled(unitPrice, PRICE.fraction);
  const divisor = 10n ** BigInt(QUANTITY.fraction + PRICE.fraction - MONEY.fraction);
  const half = product < 0n ? -divisor / 2n : divisor / 2n;
  return (product + half) / divisor;
}
