/** An IT1 segment of an 810 -> an invoice line, or why not. */
import { PRICE, QUANTITY, readDecimal } from '../../../src/model/decimal-text.ts';
import type { InvoiceLineRecord, RecordError } from '../../../src/model/records.ts';
import { invalid } from './envelope.ts';
import type { Segment } from './parse.ts';

/** Units of weight and volume (element 355): such a quantity does not count packages. */
const MEASURES = new Set(['ML', 'LT', 'GR', 'GM', 'KG', 'ME', 'MC', 'OZ', 'FO', 'LB', 'GA', 'PT', 'QT']);
/** Bases of the unit price (element 639) that are not one package: per hundred, per thousand. */
const BULK_PRICES = new Set(['HP', 'TH']);
/**
 * Qualifiers of a drug code (element 235), best first. N4 is 5-4-2; ND does not say its form; N1 to N3 say where ten bare digits are
 * to be cut, which the text alone does not.
 */
const DRUG_CODES: readonly [string, readonly [number, number] | null][] = [
  ['N4', null],
  ['ND', null],
  ['N1', [4, 8]],
  ['N2', [5, 8]],
  ['N3', [5, 9]],
];
const FIRST_PAIR = 6;
const LONGEST = 64;

/** The NDC of the product pairs, wherever its pair stands; null = none. */
function ndcText(it1: Segment): string | null {
  const codes = new Map<string, string>();
  for (let at = FIRST_PAIR; at < it1.length; at += 2) {
    const value = it1.element(at + 1);
    if (value !== '' && !codes.has(it1.element(at))) codes.set(it1.element(at), value);
  }
  for (const [qualifier, cuts] of DRUG_CODES) {
    const value = codes.get(qualifier)?.slice(0, LONGEST);
    if (value === undefined) continue;
    if (!cuts || !/^\d{10}$/.test(value)) return value;
    return `${value.slice(0, cuts[0])}-${value.slice(cuts[0], cuts[1])}-${value.slice(cuts[1])}`;
  }
  return null;
}

/** A line, or the errors that reject it. */
export type InvoiceLineReading = { line: InvoiceLineRecord } | { position: string; errors: RecordError[] };

/** Reads the IT1 that is the `ordinal`-th of its set. */
export function readLine(it1: Segment, ordinal: number, setPosition: string): InvoiceLineReading {
  const position = `${setPosition}/IT1 ${ordinal}`;
  const errors: RecordError[] = [];
  const packages = readDecimal(it1.element(2), QUANTITY);
  if (packages === null) errors.push(invalid('IT1-02', 'expected a quantity, at most 3 decimals', it1.element(2)));
  if (MEASURES.has(it1.element(3).toUpperCase()))
    errors.push(invalid('IT1-03', 'expected packages, not a unit of weight or volume', it1.element(3)));
  const unitPrice = readDecimal(it1.element(4), PRICE);
  if (unitPrice === null) errors.push(invalid('IT1-04', 'expected a unit price, at most 4 decimals', it1.element(4)));
  if (BULK_PRICES.has(it1.element(5).toUpperCase()))
    errors.push(invalid('IT1-05', 'expected the price of one package, not of a hundred or thousand', it1.element(5)));
  if (packages === null || unitPrice === null || errors.length > 0) return { position, errors };
  const lineNumber = it1.element(1).slice(0, LONGEST) || String(ordinal);
  return { line: { lineNumber, ndcText: ndcText(it1), packages, unitPrice, position } };
}
