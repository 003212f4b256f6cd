/** Invoices -> X12 810, for the simulated wholesaler and for tests: what `read` makes of it equals what was written. */
import { MONEY, readDecimal, scaled } from '../../../src/model/decimal-text.ts';
import type { InvoiceRecord } from '../../../src/model/records.ts';

/** Who sends to whom, when, under which number. */
export interface InterchangeEnvelope {
  /** ISA06 and GS02, at most 15 characters. */
  senderId: string;
  /** ISA08 and GS03, at most 15 characters. */
  receiverId: string;
  /** ISA13 and GS06: 1 to 999999999. */
  controlNumber: number;
  /** Local date and time of the sender, `YYYY-MM-DDTHH:mm:ss` (GS04/05). */
  created: string;
  /** ISA15, default P. */
  usage?: 'P' | 'T';
  /** Default `*`, `>` and `~`. */
  separators?: { element: string; component: string; terminator: string };
}

const VERSION = '004010';
const compact = (date: string): string => date.replaceAll('-', '');
const cents = (money: string): string => scaled(readDecimal(money, MONEY) ?? '0', MONEY.fraction).toString();
const isZero = (money: string): boolean => cents(money) === '0';

/** ST..SE of one invoice, each segment as its elements. */
function invoiceSegments(invoice: InvoiceRecord, control: string): string[][] {
  const credit = invoice.kind === 'CREDIT';
  const segments = [
    ['ST', '810', control],
    [
      'BIG',
      compact(invoice.invoiceDate),
      invoice.invoiceNumber,
      '',
      invoice.purchaseOrder,
      '',
      '',
      credit ? 'CR' : 'DI',
    ],
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
  return [...segments, ['SE', String(segments.length + 1), control]];
}

function header(
  { senderId, receiverId, controlNumber, created, usage }: InterchangeEnvelope,
  component: string,
): string[][] {
  const [date = '', time = ''] = created.split('T');
  const blank = ' '.repeat(10);
  const control = String(controlNumber);
  const clock = time.replaceAll(':', '');
  const authorization = ['ISA', '00', blank, '00', blank, 'ZZ', senderId.padEnd(15), 'ZZ', receiverId.padEnd(15)];
  const stamp = [compact(date).slice(2), clock.slice(0, 4), 'U', '00401', control.padStart(9, '0'), '0', usage ?? 'P'];
  return [
    [...authorization, ...stamp, component],
    ['GS', 'IN', senderId, receiverId, compact(date), clock, control, 'X', VERSION],
  ];
}

/**
 * One interchange with one group of invoices.
 * @throws RangeError when a value contains a separator: X12 has no escape for it.
 */
export function write810(invoices: readonly InvoiceRecord[], envelope: InterchangeEnvelope): string {
  const { element, component, terminator } = envelope.separators ?? { element: '*', component: '>', terminator: '~' };
  const control = String(envelope.controlNumber);
  const body = invoices.flatMap((invoice, index) => invoiceSegments(invoice, String(index + 1).padStart(4, '0')));
  for (const value of body.flat())
    if ([element, component, terminator].some((separator) => value.includes(separator)))
      throw new RangeError('a value contains a separator of the interchange');
  const segments = [
    ...header(envelope, component),
    ...body,
    ['GE', String(invoices.length), control],
    ['IEA', '1', control.padStart(9, '0')],
  ];
  const lineBreak = terminator.trim() === '' ? '' : '\n';
  return segments.map((elements) => elements.join(element) + terminator + lineBreak).join('');
}
