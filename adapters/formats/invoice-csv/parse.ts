/** The columns of a wholesaler's invoice lines as CSV or workbook (MASTER-DATA.md). */
import { MONEY, PRICE, QUANTITY } from '../../../src/model/decimal-text.ts';
import type { InvoiceRecord } from '../../../src/model/records.ts';
import type { Source } from '../../contract.ts';
import { code, date, decimal, oneOf } from '../../tables/cells.ts';
import { filled, meaningful, missable, readTableFile, spare, TableReading } from '../../tables/layout.ts';
import type { Layout, TableOptions, TableRow } from '../../tables/layout.ts';

/** One invoice line, with the document's own values repeated on it. */
export interface InvoiceCsvLine {
  accountNumber: string;
  invoiceNumber: string;
  invoiceDate: string;
  /** Empty = INVOICE. */
  kind: InvoiceRecord['kind'];
  originalInvoice: string;
  line: string;
  ndc: string | null;
  packages: string;
  unitPrice: string;
  /** Only checked against packages x unit price. */
  extended: string | null;
  total: string | null;
}

/** The columns, in the order of our examples. */
export const LAYOUT: Layout<InvoiceCsvLine> = {
  accountNumber: filled('Account Number', code),
  invoiceNumber: filled('Invoice Number', code),
  invoiceDate: filled('Invoice Date', date),
  kind: missable(meaningful('Type', oneOf(['INVOICE', 'CREDIT']), 'INVOICE')),
  originalInvoice: missable(meaningful('Original Invoice', code, '')),
  line: missable(meaningful('Line', code, '')),
  ndc: meaningful<string | null>('NDC', code, null),
  packages: filled('Packages', decimal(QUANTITY)),
  unitPrice: filled('Unit Price', decimal(PRICE)),
  extended: missable(spare<string | null>('Extended', decimal(MONEY), null)),
  total: missable(spare<string | null>('Invoice Total', decimal(MONEY), null)),
};

/** @throws HeldPayload when the file is empty or lacks a column. */
export const parseInvoiceLines = (source: Source, options: TableOptions): AsyncGenerator<TableRow<InvoiceCsvLine>[]> =>
  readTableFile(source, new TableReading(LAYOUT, options), options);
