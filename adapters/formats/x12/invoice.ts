/** An 810 -> an invoice or credit memo. A line that cannot be read is reported at its own position; the others go on. */
import { MONEY, negated, unscaled } from '../../../src/model/decimal-text.ts';
import type { InvoiceLineRecord, InvoiceRecord, RecordError } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { accountNumber } from './account.ts';
import { readAmounts, turned } from './amounts.ts';
import { createdAt, readDate } from './dates.ts';
import { invalid } from './envelope.ts';
import type { TransactionSet } from './envelope.ts';
import { readLine } from './invoice-line.ts';
import type { X12Options } from './options.ts';
import type { Segment } from './parse.ts';

/** Credit memo and credit invoice (BIG07). */
const CREDIT_TYPES = new Set(['CR', 'CN']);
/** Original invoice, seller's invoice number (element 128). */
const INVOICE_REFERENCES = ['OI', 'IV'];
const LONGEST = 64;

/** The invoice that a credit corrects: a REF that names another invoice, else BIG10. */
function originalInvoice(segments: readonly Segment[], big: Segment): string {
  for (const qualifier of INVOICE_REFERENCES)
    for (const ref of segments.filter(({ name }) => name === 'REF'))
      if (ref.element(1) === qualifier && ref.element(2) !== big.element(2)) return ref.element(2).slice(0, LONGEST);
  return big.element(10) === big.element(2) ? '' : big.element(10).slice(0, LONGEST);
}

/** Packages of a credit, positive for goods that went back, whichever sign the wholesaler writes. */
const turnedLine = (line: InvoiceLineRecord): InvoiceLineRecord => ({ ...line, packages: negated(line.packages) });

const money = (cents: bigint): string => unscaled(cents, MONEY.fraction);

interface Lines {
  lines: InvoiceLineRecord[];
  rejected: Parsed[];
  /** IT1 segments, read or not. */
  count: number;
}

function readLines(set: TransactionSet): Lines {
  const it1s = set.segments.filter(({ name }) => name === 'IT1');
  const lines: InvoiceLineRecord[] = [];
  const rejected: Parsed[] = [];
  for (const [index, it1] of it1s.entries()) {
    const reading = readLine(it1, index + 1, set.position);
    if ('line' in reading) lines.push(reading.line);
    else rejected.push({ position: reading.position, records: [], errors: reading.errors });
  }
  return { lines, rejected, count: it1s.length };
}

/** CTT01 counts the lines. */
function countError(set: TransactionSet, count: number): RecordError[] {
  const ctt = set.segments.find(({ name }) => name === 'CTT');
  const stated = ctt?.element(1) ?? '';
  if (stated === '' || (/^\d{1,10}$/.test(stated) && Number(stated) === count)) return [];
  return [invalid('CTT01', `the number of lines differs: ${count} found`, stated)];
}

/** Number and date of the document; without both there is no invoice. */
function headingErrors(big: Segment | undefined): RecordError[] {
  const errors: RecordError[] = [];
  const number = big?.element(2) ?? '';
  if (readDate(big?.element(1) ?? '') === null)
    errors.push(invalid('BIG-01', 'expected the invoice date, year first', big?.element(1) ?? ''));
  if (number === '' || number.length > LONGEST)
    errors.push(invalid('BIG-02', 'expected an invoice number of at most 64 characters', number));
  return errors;
}

function headingOf(set: TransactionSet): Segment[] {
  const end = set.segments.findIndex(({ name }) => name === 'IT1' || name === 'TDS');
  return end < 0 ? set.segments : set.segments.slice(0, end);
}

function invoiceOf(
  set: TransactionSet,
  big: Segment,
  read: Lines,
  context: FormatContext,
  options: X12Options,
  errors: RecordError[],
): InvoiceRecord {
  const account = accountNumber(headingOf(set), options.account).slice(0, LONGEST);
  if (account === '') errors.push(invalid('N1-04', 'no account number: expected N103 = 91 or a REF with one', ''));
  const created = createdAt(set.gs, context.zone);
  if (created === null) {
    const at = readDate(set.gs?.element(4) ?? '') === null ? 4 : 5;
    errors.push(invalid(`GS-0${at}`, 'no creation date and time of the group', set.gs?.element(at) ?? ''));
  }
  const credit = CREDIT_TYPES.has(big.element(7).toUpperCase());
  const negative = read.lines.some(({ packages }) => packages.startsWith('-'));
  const { total, allowances, charges, tax } = turned(readAmounts(set.segments, errors), credit, negative);
  return {
    type: 'invoice',
    wholesaler: options.wholesaler === '' ? set.isa.element(6) : options.wholesaler,
    accountNumber: account,
    invoiceNumber: big.element(2),
    invoiceDate: readDate(big.element(1)) ?? '',
    kind: credit ? 'CREDIT' : 'INVOICE',
    originalInvoice: credit ? originalInvoice(set.segments, big) : '',
    purchaseOrder: big.element(4).slice(0, LONGEST),
    total: total === null ? null : money(total),
    allowances: money(allowances),
    charges: money(charges),
    tax: money(tax),
    createdAt: created,
    lines: credit && negative ? read.lines.map(turnedLine) : read.lines,
  };
}

/** The invoice, then each rejected line. */
export function mapInvoice(set: TransactionSet, context: FormatContext, options: X12Options): Parsed[] {
  const big = set.segments.find(({ name }) => name === 'BIG');
  const errors = headingErrors(big);
  if (!big || errors.length > 0) return [{ position: set.position, records: [], errors }];
  const read = readLines(set);
  const invoice = invoiceOf(set, big, read, context, options, errors);
  errors.push(...countError(set, read.count));
  return [{ position: set.position, records: [invoice], errors }, ...read.rejected];
}
