/** Invoices -> X12 810, for the simulated wholesaler and for tests: what `read` makes of it equals what was written. */
import { MONEY, readDecimal, scaled } from '../../../src/model/decimal-text.ts';
import type { InvoiceRecord } from '../../../src/model/records.ts';
import { compact, writeInterchange } from './write-envelope.ts';
import type { InterchangeEnvelope } from './write-envelope.ts';

const cents = (money: string): string => scaled(readDecimal(money, MONEY) ?? '0', MONEY.fraction).toString();
const isZero = (money: string): boolean => cents(money) === '0';

/** One invoice, each segment as its elements. */
function invoiceSegments(invoice: InvoiceRecord): string[][] {
  const type = invoice.kind === 'CREDIT' ? 'CR' : 'DI';
  return [
    ['BIG', compact(invoice.invoiceDate), invoice.invoiceNumber, '', invoice.purchaseOrder, '', '', type],
    ...(invoice.originalInvoice === '' ? [] : [['REF', 'OI', invoice.originalInvoice]]),
    ['N1', 'ST', '', '91', invoice.accountNumber],
    ...invoice.lines.map((line) => {
      const product = line.ndcText === null ? [] : ['', 'N4', line.ndcText];
      return ['IT1', line.lineNumber, line.packages, 'EA', line.unitPrice, ...product];
    }),
    ...(invoice.total === null ? [] : [['TDS', cents(invoice.total)]]),
    ...(isZero(invoice.tax) ? [] : [['TXI', 'TX', invoice.tax]]),
    ...(isZero(invoice.allowances) ? [] : [['SAC', 'A', 'C310', '', '', cents(invoice.allowances)]]),
    ...(isZero(invoice.charges) ? [] : [['SAC', 'C', 'D240', '', '', cents(invoice.charges)]]),
    ['CTT', String(invoice.lines.length)],
  ];
}

/**
 * One interchange with one group of invoices.
 * @throws RangeError when a value contains a separator: X12 has no escape for it.
 */
export function write810(invoices: readonly InvoiceRecord[], envelope: InterchangeEnvelope): string {
  const sets = invoices.map((invoice) => ({ code: '810', segments: invoiceSegments(invoice) }));
  return writeInterchange('IN', sets, envelope);
}
