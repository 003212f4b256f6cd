/**
 * What may stand in a cell of a table file: one reader per type of the field. A reader gets the trimmed, non-empty text and
 * answers with the value or with what it expected, never with the text itself.
 */
import { isDate } from '../../src/model/calendar.ts';
import { readDecimal } from '../../src/model/decimal-text.ts';
import type { DecimalWidth } from '../../src/model/decimal-text.ts';
import { readNdc } from '../../src/model/ndc.ts';
import { isNpi } from '../../src/model/npi.ts';

/** The cell could not be read; `expected` says what would have been. */
export class Unreadable {
  readonly expected: string;
  constructor(expected: string) {
    this.expected = expected;
  }
}

/** Reads trimmed, non-empty text. */
export type CellReader<V> = (text: string) => V | Unreadable;

/** Free text for people. */
export const text: CellReader<string> = (cell) => cell;

/** Identifiers and codes, exactly as sent. Bounded, because they become index keys. */
export const code: CellReader<string> = (cell) => (cell.length <= 64 ? cell : new Unreadable('at most 64 characters'));

/** 340B IDs, states and other codes that compare in capitals. */
export const capitals: CellReader<string> = (cell) => code(cell.toUpperCase());

/** A two-letter state. */
export const state: CellReader<string> = (cell) =>
  /^[A-Za-z]{2}$/.test(cell) ? cell.toUpperCase() : new Unreadable('a state of two letters');

/** An ISO calendar date. Other orders of day and month are not guessed. */
export const date: CellReader<string> = (cell) =>
  isDate(cell) ? cell : new Unreadable('a date as year-month-day with hyphens');

/** FDA and X12 dates: CCYYMMDD, or ISO. */
export const compactDate: CellReader<string> = (cell) => {
  const iso = /^\d{8}$/.test(cell) ? `${cell.slice(0, 4)}-${cell.slice(4, 6)}-${cell.slice(6)}` : cell;
  return isDate(iso) ? iso : new Unreadable('a date of eight digits, year first');
};

/** A Luhn-valid National Provider Identifier. */
export const npi: CellReader<string> = (cell) =>
  isNpi(cell) ? cell : new Unreadable('an NPI of ten digits with a valid check digit');

/** NCPDP provider id. Fewer digits usually mean that a spreadsheet took the leading zeros. */
export const ncpdp: CellReader<string> = (cell) =>
  /^\d{7}$/.test(cell) ? cell : new Unreadable('an NCPDP id of seven digits, leading zeros included');

/** Bank identification number of a payer: 6 digits, 8 from version F6 on. */
export const bin: CellReader<string> = (cell) =>
  /^(\d{6}|\d{8})$/.test(cell) ? cell : new Unreadable('a BIN of six or eight digits, leading zeros included');

/** NDC labeler code; four digits are padded to five as in the 5-4-2 form. */
export const labeler: CellReader<string> = (cell) =>
  /^\d{1,6}$/.test(cell) ? cell.padStart(5, '0') : new Unreadable('a labeler code of up to six digits');

/** A package as NDC-11. Ten bare digits would need the directory (DOMAIN 3), which a format does not have. */
export const ndc11: CellReader<string> = (cell) => {
  const reading = readNdc(cell);
  if (reading.kind === 'EXACT' || reading.kind === 'SHORT') return reading.ndc11;
  return new Unreadable(
    reading.kind === 'AMBIGUOUS' ? 'hyphens, or eleven digits: ten bare digits are ambiguous' : 'an NDC',
  );
};

/** Labeler and product (NDC-9) without hyphens, 5-4; six-digit labelers keep ten digits. */
export const productNdc: CellReader<string> = (cell) => {
  if (/^\d{9,10}$/.test(cell)) return cell;
  if (!/^(\d{4}-\d{4}|\d{5}-\d{3,4}|\d{6}-\d{4})$/.test(cell)) return new Unreadable('a product NDC');
  const [labelerCode = '', product = ''] = cell.split('-');
  return labelerCode.padStart(5, '0') + product.padStart(4, '0');
};

/** An exact decimal that fits the width. */
export const decimal =
  (width: DecimalWidth): CellReader<string> =>
  (cell) =>
    readDecimal(cell, width) ?? new Unreadable(`a number with at most ${width.fraction} decimals and no separators`);

/** An exact decimal that is not negative. */
export const amount =
  (width: DecimalWidth): CellReader<string> =>
  (cell) => {
    const value = decimal(width)(cell);
    return typeof value === 'string' && value.startsWith('-') ? new Unreadable('a number that is not negative') : value;
  };

/** One of a closed list, in any case. */
export const oneOf =
  <V extends string>(values: readonly V[]): CellReader<V> =>
  (cell) =>
    values.find((value) => value === cell.toUpperCase()) ??
    new Unreadable(`one of ${values.join(', ').toLowerCase()} (in any case)`);

/** Yes or no. */
export const yesNo: CellReader<boolean> = (cell) => {
  if (['TRUE', 'YES', 'Y', '1'].includes(cell.toUpperCase())) return true;
  if (['FALSE', 'NO', 'N', '0'].includes(cell.toUpperCase())) return false;
  return new Unreadable('yes or no');
};

/** Items separated by `;`, empty ones left out. One unreadable item makes the cell unreadable. */
export const listOf =
  (item: CellReader<string>): CellReader<string[]> =>
  (cell) => {
    const items: string[] = [];
    for (const part of cell.split(';')) {
      if (part.trim() === '') continue;
      const value = item(part.trim());
      if (value instanceof Unreadable) return new Unreadable(`${value.expected} between semicolons`);
      items.push(value);
    }
    return items;
  };

/** A designated contract pharmacy: `340B ID:NCPDP`. */
export const designation: CellReader<string> = (cell) =>
  /^[A-Za-z0-9-]{1,32}:\d{7}$/.test(cell) ? cell.toUpperCase() : new Unreadable('340B ID:NCPDP of seven digits');
