/** How the text of a cell is read. Each reader answers undefined for a text it cannot read, never a guess. */

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** True for a part of a text that is digits only, and at least one. */
function areDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return from < to;
}

const digits = (text: string): boolean => areDigits(text, 0, text.length);

/** True for so many digits. */
export const isNumberOf = (count: number, text: string): boolean => text.length === count && digits(text);

/** A whole number without sign, at most nine digits. */
export const readInteger = (text: string): number | undefined =>
  digits(text) && text.length <= 9 ? Number(text) : undefined;

const ZERO = 48;
const POINT = 46;

/** What most numbers look like: at most twelve digits without a leading zero, nothing to normalise. */
const isPlainWhole = (text: string, to = text.length): boolean =>
  to <= 12 && areDigits(text, 0, to) && text.charCodeAt(0) !== ZERO;

function isPlainMoney(text: string): boolean {
  const point = text.length - 3;
  return (
    text.charCodeAt(point) === POINT &&
    areDigits(text, point + 1, text.length) &&
    (isPlainWhole(text, point) || (point === 1 && text.charCodeAt(0) === ZERO))
  );
}

/** Sign and the digits before and after the point; undefined when there is anything else. */
function readNumber(text: string): { negative: boolean; whole: string; fraction: string } | undefined {
  const match = /^([+-]?)(\d{0,12})(?:\.(\d{0,12}))?$/.exec(text);
  const [, sign = '', whole = '', fraction = ''] = match ?? [];
  if (!match || (whole === '' && fraction === '')) return undefined;
  return { negative: sign === '-', whole: whole.replace(/^0+(?=\d)/, '') || '0', fraction };
}

const signed = (negative: boolean, number: string): string =>
  negative && /[1-9]/.test(number) ? `-${number}` : number;

/** A quantity with exactly three decimals; further decimals must be zeros (billing units are numeric(14,3)). */
export function readQuantity(text: string): string | undefined {
  if (isPlainWhole(text)) return `${text}.000`;
  const number = readNumber(text);
  if (!number || /[1-9]/.test(number.fraction.slice(3))) return undefined;
  return signed(number.negative, `${number.whole}.${number.fraction.slice(0, 3).padEnd(3, '0')}`);
}

/** Money with at least two decimals: `$1,234.5`, `(12.50)` and `12.50-` are how extracts write it. */
export function readMoney(text: string): string | undefined {
  if (isPlainMoney(text)) return text;
  const bracketed = text.startsWith('(') && text.endsWith(')');
  const trailing = !bracketed && text.endsWith('-');
  const inner = (bracketed ? text.slice(1, -1) : trailing ? text.slice(0, -1) : text).replace('$', '');
  if (inner.includes(',') && !/^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(inner)) return undefined;
  const number = readNumber(inner.replaceAll(',', ''));
  if (!number || (number.negative && (bracketed || trailing))) return undefined;
  const fraction = number.fraction.padEnd(2, '0');
  return signed(number.negative || bracketed || trailing, `${number.whole}.${fraction}`);
}

/** A prescription number normalised (12.15): all-digit values without leading zeros. */
export const normaliseRx = (text: string): string =>
  text.startsWith('0') && digits(text) ? text.replace(/^0+(?=\d)/, '') : text;

/** Codes of a text that lists them, whatever stands between them. */
export function readParts(text: string): string[] {
  const parts = text.split(/[^0-9A-Za-z]/).filter((part) => part !== '');
  // Shared by all rows that say the same.
  Object.freeze(parts);
  return parts;
}

const SEXES: ReadonlyMap<string, string> = new Map([
  ['M', 'M'],
  ['MALE', 'M'],
  ['1', 'M'],
  ['F', 'F'],
  ['FEMALE', 'F'],
  ['2', 'F'],
  ['U', ''],
  ['UNKNOWN', ''],
  ['O', ''],
  ['0', ''],
]);

/** M, F, or '' for a stated unknown. */
export const readSex = (text: string): string | undefined => SEXES.get(text.toUpperCase());

const COMPOUNDS: ReadonlyMap<string, boolean> = new Map([
  ['2', true],
  ['Y', true],
  ['0', false],
  ['1', false],
  ['N', false],
]);

/** 406-D6 (2 = compound) or Y/N. */
export const readCompound = (text: string): boolean | undefined => COMPOUNDS.get(text.toUpperCase());
