/** Invoices as the wholesalers send them: X12 810 interchanges per day, or a CSV; some files broken on the way. */
import { stringify } from 'csv-stringify/sync';
import { write810 } from '../../../adapters/formats/x12/write.ts';
import type { InvoiceRecord } from '../../model/records.ts';
import type { SimFile } from './feeds.ts';
import type { SimInvoice, SimInvoiceLine } from './purchases.ts';

/** Cents of a line, exact: packages are whole and prices have two decimals. */
const cents = ({ packages, unitPrice }: SimInvoiceLine): number => packages * Math.round(Number(unitPrice) * 100);
const dollars = (amount: number): string => (amount / 100).toFixed(2);
const totalOf = (invoice: SimInvoice): string =>
  invoice.total ?? dollars(invoice.lines.reduce((sum, line) => sum + cents(line), 0));

const record = (invoice: SimInvoice): InvoiceRecord => ({
  type: 'invoice',
  wholesaler: invoice.account.wholesaler,
  accountNumber: invoice.accountNumber,
  invoiceNumber: invoice.number,
  invoiceDate: invoice.date,
  kind: invoice.kind,
  originalInvoice: invoice.original,
  purchaseOrder: '',
  total: totalOf(invoice),
  allowances: '0.00',
  charges: '0.00',
  tax: '0.00',
  createdAt: null,
  lines: invoice.lines.map((line, index) => ({
    lineNumber: String(index + 1),
    ndcText: line.ndcText,
    packages: String(line.packages),
    unitPrice: line.unitPrice,
    position: '',
  })),
});

/** One interchange. `created` is the sender's local clock. */
export const interchange = (invoices: readonly SimInvoice[], control: number, created: string): Uint8Array =>
  new TextEncoder().encode(
    write810(invoices.map(record), { senderId: 'MIDWEST', receiverId: 'THROUGHLINE', controlNumber: control, created }),
  );

function csv(invoices: readonly SimInvoice[]): Uint8Array {
  const header =
    'Account Number,Invoice Number,Invoice Date,Type,Original Invoice,Line,NDC,Packages,Unit Price,Extended,Invoice Total';
  const rows = invoices.flatMap((invoice) =>
    invoice.lines.map((line, index) => [
      invoice.accountNumber,
      invoice.number,
      invoice.date,
      invoice.kind,
      invoice.original,
      String(index + 1),
      line.ndcText,
      String(line.packages),
      line.unitPrice,
      dollars(cents(line)),
      totalOf(invoice),
    ]),
  );
  return new TextEncoder().encode(stringify([header.split(','), ...rows]));
}

const label = (feed: string, date: string): string => `${feed}_${date.replaceAll('-', '')}`;

function dayFiles(feed: string, date: string, invoices: readonly SimInvoice[], control: number): SimFile[] {
  if (feed === 'pacsupply-invoices')
    return [{ feed, name: `${label(feed, date)}.csv`, bytes: csv(invoices), day: date }];
  // A correction comes in an interchange of its own, hours later.
  const late = invoices.filter(({ story }) => story === 'correction');
  const first = invoices.filter(({ story }) => story !== 'correction');
  const files: SimFile[] = [];
  const name = `${label(feed, date)}.810`;
  if (first.length > 0) files.push({ feed, name, bytes: interchange(first, control, `${date}T06:15:00`), day: date });
  if (late.length > 0)
    files.push({
      feed,
      name: `${label(feed, date)}_B.810`,
      bytes: interchange(late, control + 1, `${date}T17:40:00`),
      day: date,
    });
  return files;
}

/** The first two thirds of a file: the connection broke, the wholesaler sent it whole again later. */
function cutOff(file: SimFile): SimFile {
  const end = file.bytes.lastIndexOf('I'.charCodeAt(0), Math.floor(file.bytes.length * 0.7)) + 9;
  return { ...file, name: file.name.replace('.810', '_CUT.810'), bytes: file.bytes.subarray(0, end) };
}

/** Files of all invoices, by day. In each X12 feed one file also comes cut off, and one comes twice under another name. */
export function invoiceFiles(invoices: readonly SimInvoice[]): SimFile[] {
  const groups = new Map<string, SimInvoice[]>();
  for (const invoice of invoices) {
    const key = `${invoice.account.feed}|${invoice.date}`;
    groups.set(key, [...(groups.get(key) ?? []), invoice]);
  }
  const files = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, group], index) => {
      const [feed = '', date = ''] = key.split('|');
      return dayFiles(feed, date, group, 1000 + index * 2);
    });
  const x12 = files.filter(({ name }) => name.endsWith('.810'));
  const [broken] = x12.slice(3).filter(({ bytes }) => bytes.length > 600);
  const twice = x12.find(({ bytes }) => bytes.length > 400);
  return [
    ...files,
    ...(broken === undefined ? [] : [cutOff(broken)]),
    ...(twice === undefined ? [] : [{ ...twice, name: twice.name.replace('.810', '_AGAIN.810') }]),
  ];
}
