/** Lines of a wholesaler's file -> invoices: lines of one account and invoice number are one document, wherever they stand. */
import { amountInCents, MONEY, negated, scaled, unscaled } from '../../../src/model/decimal-text.ts';
import type { InvoiceLineRecord, InvoiceRecord, RecordError } from '../../../src/model/records.ts';
import type { Parsed } from '../../contract.ts';
import { unread } from '../../tables/layout.ts';
import type { TableRow } from '../../tables/layout.ts';
import { LAYOUT } from './parse.ts';
import type { InvoiceCsvLine } from './parse.ts';

/** A document while its lines are gathered. */
interface Document {
  position: string;
  first: InvoiceCsvLine;
  originalInvoice: string;
  total: string | null;
  lines: InvoiceLineRecord[];
  errors: RecordError[];
}

const invalid = (field: string, message: string, original: string): RecordError => ({
  code: 'RECORD_INVALID',
  field,
  message,
  original,
});

const differs = (column: { header: string }, original: string): RecordError =>
  invalid(column.header, 'differs from an earlier line of the same account and invoice number', original);

/** A value of the whole document that this line states otherwise: the line then belongs to something else and is rejected. */
function contradiction(document: Document, line: InvoiceCsvLine): RecordError | undefined {
  if (line.invoiceDate !== document.first.invoiceDate) return differs(LAYOUT.invoiceDate, line.invoiceDate);
  if (line.kind !== document.first.kind) return differs(LAYOUT.kind, line.kind);
  if (
    line.originalInvoice !== '' &&
    document.originalInvoice !== '' &&
    line.originalInvoice !== document.originalInvoice
  )
    return differs(LAYOUT.originalInvoice, line.originalInvoice);
  if (line.total !== null && document.total !== null && line.total !== document.total)
    return differs(LAYOUT.total, line.total);
  return undefined;
}

/** The extended amount is not kept; when it is not packages x unit price, one of the three is wrong and people should know. */
function wrongExtension(line: InvoiceCsvLine): RecordError | undefined {
  if (line.extended === null) return undefined;
  if (scaled(line.extended, MONEY.fraction) === amountInCents(line.packages, line.unitPrice)) return undefined;
  return invalid(
    LAYOUT.extended.header,
    'is not packages x unit price; packages and unit price are taken',
    line.extended,
  );
}

function open(position: string, first: InvoiceCsvLine): Document {
  return { position, first, originalInvoice: '', total: null, lines: [], errors: [] };
}

function add(document: Document, line: InvoiceCsvLine, position: string): void {
  document.originalInvoice ||= line.originalInvoice;
  document.total ??= line.total;
  document.lines.push({
    lineNumber: line.line === '' ? String(document.lines.length + 1) : line.line,
    ndcText: line.ndc,
    packages: line.packages,
    unitPrice: line.unitPrice,
    position,
  });
}

/** Credits are written with positive packages, whichever sign the wholesaler uses for goods that come back. */
function positive(lines: InvoiceLineRecord[]): InvoiceLineRecord[] {
  if (!lines.some(({ packages }) => packages.startsWith('-'))) return lines;
  return lines.map((line) => ({ ...line, packages: negated(line.packages) }));
}

function finish({ position, first, originalInvoice, total, lines, errors }: Document, wholesaler: string): Parsed {
  const credit = first.kind === 'CREDIT';
  const cents = total === null ? null : scaled(total, MONEY.fraction);
  const invoice: InvoiceRecord = {
    type: 'invoice',
    wholesaler,
    accountNumber: first.accountNumber,
    invoiceNumber: first.invoiceNumber,
    invoiceDate: first.invoiceDate,
    kind: first.kind,
    originalInvoice,
    purchaseOrder: '',
    total: cents === null ? null : unscaled(credit && cents < 0n ? -cents : cents, MONEY.fraction),
    allowances: '0.00',
    charges: '0.00',
    tax: '0.00',
    createdAt: null,
    lines: credit ? positive(lines) : lines,
  };
  return { position, records: [invoice], errors };
}

/** The documents of a file while its lines come. */
class Documents {
  readonly #byNumber = new Map<string, Document>();

  /** A line that belongs to no document: rejected, or a title; undefined = it was taken. */
  take(read: TableRow<InvoiceCsvLine>): Parsed | undefined {
    const { position, row, errors } = read;
    if (row === null) return unread(read);
    const key = JSON.stringify([row.accountNumber, row.invoiceNumber]);
    const document = this.#byNumber.get(key) ?? open(position, row);
    const wrong = contradiction(document, row);
    if (wrong) return { position, records: [], errors: [...errors, wrong] };
    this.#byNumber.set(key, document);
    add(document, row, position);
    const extension = wrongExtension(row);
    const doubts = extension ? [...errors, extension] : errors;
    document.errors.push(...doubts.map((error) => ({ ...error, message: `${position}: ${error.message}` })));
    return undefined;
  }

  finish(wholesaler: string): Parsed[] {
    return Array.from(this.#byNumber.values(), (document) => finish(document, wholesaler));
  }
}

/** All documents of a file, each at the position of its first line; rejected lines come first, each at its own. */
export async function* mapInvoices(
  lines: AsyncIterable<readonly TableRow<InvoiceCsvLine>[]>,
  wholesaler: string,
): AsyncGenerator<Parsed[]> {
  const documents = new Documents();
  for await (const some of lines)
    yield some.map((line) => documents.take(line)).filter((unit): unit is Parsed => unit !== undefined);
  yield documents.finish(wholesaler);
}
