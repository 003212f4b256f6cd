/** Purchase orders -> X12 850. */
import { compact, writeInterchange } from './write-envelope.ts';
import type { InterchangeEnvelope } from './write-envelope.ts';

/** A line of an order: whole packages. */
export interface PurchaseOrderLine {
  lineNumber: string;
  /** Eleven digits. */
  ndc11: string;
  packages: string;
  /** Price expected, of the catalogue; null = none known. */
  unitPrice: string | null;
}

/** An order as it is sent. */
export interface PurchaseOrder {
  /** Our number, unique for the account (BEG03). */
  number: string;
  orderDate: string;
  /** BEG01: 00 original, 01 cancellation, 05 replacement. */
  purpose: '00' | '01' | '05';
  /** BEG02: SA stand-alone; NE new. */
  type: 'SA' | 'NE';
  /** Account at the wholesaler (N1 ST and BY, qualifier 91). */
  accountNumber: string;
  /** HIN or DEA of the ship-to, where the wholesaler wants it as well (N103 = 21 or 11); null = neither. */
  shipTo: { qualifier: '21' | '11'; id: string; name: string } | null;
  lines: readonly PurchaseOrderLine[];
}

function orderSegments(order: PurchaseOrder): string[][] {
  const { shipTo } = order;
  return [
    ['BEG', order.purpose, order.type, order.number, '', compact(order.orderDate)],
    ['N1', 'BY', '', '91', order.accountNumber],
    shipTo === null
      ? ['N1', 'ST', '', '91', order.accountNumber]
      : ['N1', 'ST', shipTo.name, shipTo.qualifier, shipTo.id],
    ...order.lines.map((line) => [
      'PO1',
      line.lineNumber,
      line.packages,
      'EA',
      line.unitPrice ?? '',
      '',
      'N4',
      line.ndc11,
    ]),
    ['CTT', String(order.lines.length)],
  ];
}

/**
 * One interchange with one group of orders.
 * @throws RangeError when an order has no line, or a value contains a separator.
 */
export function write850(orders: readonly PurchaseOrder[], envelope: InterchangeEnvelope): string {
  if (orders.some(({ lines }) => lines.length === 0)) throw new RangeError('an order needs at least one line');
  return writeInterchange(
    'PO',
    orders.map((order) => ({ code: '850', segments: orderSegments(order) })),
    envelope,
  );
}
