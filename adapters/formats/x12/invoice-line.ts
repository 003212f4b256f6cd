/** An IT1 segment of an 810 -> an invoice line, or why not. */
import { PRICE, QUANTITY, readDecimal } from '../../../src/model/decimal-text.ts';
import type { InvoiceLineRecord, RecordError } from '../../../src/model/records.ts';
import { invalid } from './envelope.ts';
import type { Segment } from './parse.ts';
import { MEASURES, ndcText } from './product.ts';

/** Bases of the unit price (element 639) that are not one package: per hundred, per thousand. */
const BULK_PRICES = new Set(['HP', 'TH']);
const FIRST_PAIR = 6;
const LONGEST = 64;

/** A line, or the errors that reject it. */
export type InvoiceLineReading = { line: InvoiceLineRecord } | { position: string; errors: RecordError[] };

/** Reads the IT1 that is the `ordinal`-th of its set. */
export function readLine(it1: Segment, ordinal: number, setPosition: string): InvoiceLineReading {
  const position = `${setPosition}/IT1 ${ordinal}`;
  const errors: RecordError[] = [];
  const lineNumber = it1.element(1).slice(0, LONGEST) || String(ordinal);
  const packages = readDecimal(it1.element(2), QUANTITY);
  if (packages === null) errors.push(invalid('IT1-02', 'expected a quantity, at most 3 decimals', it1.element(2)));
  if (MEASURES.has(it1.element(3).toUpperCase()))
    errors.push(invalid('IT1-03', 'expected packages, not a unit of weight or volume', it1.element(3)));
  const unitPrice = readDecimal(it1.element(4), PRICE);
  if (unitPrice === null) errors.push(invalid('IT1-04', 'expected a unit price, at most 4 decimals', it1.element(4)));
  if (BULK_PRICES.has(it1.element(5).toUpperCase()))
    errors.push(invalid('IT1-05', 'expected the price of one package, not of a hundred or thousand', it1.element(5)));
  if (packages === null || unitPrice === null || errors.length > 0) return { position, errors };
  return { line: { lineNumber, ndcText: ndcText(it1, FIRST_PAIR), packages, unitPrice, position } };
}
