/**
 * An 855 -> what the wholesaler answers to one order; an 856 -> what a shipment says of each order in it. A line with an
 * unreadable value is kept without it: what was ordered is known here, so the answer is worth more than the number.
 */
import type { OrderDocumentLine, OrderDocumentRecord, RecordError } from '../../../src/model/records.ts';
import type { FormatContext, Parsed } from '../../contract.ts';
import { accountNumber } from './account.ts';
import { createdAt, readDate } from './dates.ts';
import { invalid } from './envelope.ts';
import type { TransactionSet } from './envelope.ts';
import type { X12Options } from './options.ts';
import { acknowledgedLine, shippedLine } from './order-line.ts';
import type { Segment } from './parse.ts';

const LONGEST = 64;
const bounded = (text: string): string => text.slice(0, LONGEST);

function day(text: string, field: string, errors: RecordError[]): string | null {
  const date = readDate(text);
  if (date === null && text !== '') errors.push(invalid(field, 'expected a date, year first', text));
  return date;
}

/** What both documents take from the envelope. */
const common = (set: TransactionSet, context: FormatContext, options: X12Options) => ({
  type: 'orderDocument' as const,
  wholesaler: options.wholesaler === '' ? set.isa.element(6) : options.wholesaler,
  createdAt: createdAt(set.gs, context.zone),
});

/** The 855. Without an order number there is nothing that it could answer. */
export function mapAcknowledgedOrder(set: TransactionSet, context: FormatContext, options: X12Options): Parsed {
  const { position, segments } = set;
  const bak = segments.find(({ name }) => name === 'BAK');
  const purchaseOrder = bounded(bak?.element(3) ?? '');
  if (!bak || purchaseOrder === '')
    return { position, records: [], errors: [invalid('BAK-03', 'expected the number of the order', '')] };
  const errors: RecordError[] = [];
  const firstLine = segments.findIndex(({ name }) => name === 'PO1');
  const heading = firstLine < 0 ? segments : segments.slice(0, firstLine);
  const loops: { po1: Segment; acks: Segment[] }[] = [];
  for (const segment of segments) {
    if (segment.name === 'PO1') loops.push({ po1: segment, acks: [] });
    else if (segment.name === 'ACK') loops.at(-1)?.acks.push(segment);
  }
  const record: OrderDocumentRecord = {
    ...common(set, context, options),
    kind: 'ACKNOWLEDGEMENT',
    accountNumber: bounded(accountNumber(heading, options.account)),
    documentNumber: bounded(bak.element(8)),
    purchaseOrder,
    documentDate: day(bak.element(9), 'BAK-09', errors) ?? day(bak.element(4), 'BAK-04', errors),
    purpose: bounded(bak.element(1)),
    response: bounded(bak.element(2).toUpperCase()),
    lines: loops.map(({ po1, acks }, index) =>
      acknowledgedLine(po1, acks, index + 1, `${position}/PO1 ${index + 1}`, errors),
    ),
  };
  return { position, records: [record], errors };
}

/** A level of an 856: shipment, order, pack or item. */
interface Level {
  hl: Segment;
  ordinal: number;
  segments: Segment[];
  /** HL02 names it; a level without a parent hangs on the order before it. */
  order: Level | undefined;
}

function levelsOf(segments: readonly Segment[]): { heading: Segment[]; levels: Level[] } {
  const heading: Segment[] = [];
  const levels: Level[] = [];
  const byId = new Map<string, Level>();
  let lastOrder: Level | undefined;
  for (const segment of segments) {
    if (segment.name === 'HL') {
      const level: Level = { hl: segment, ordinal: levels.length + 1, segments: [], order: undefined };
      const parent = byId.get(segment.element(2));
      const kind = segment.element(3).toUpperCase();
      if (kind === 'O') lastOrder = level;
      level.order = kind === 'O' ? level : (parent?.order ?? (kind === 'S' ? undefined : lastOrder));
      byId.set(segment.element(1), level);
      levels.push(level);
    } else (levels.at(-1)?.segments ?? heading).push(segment);
  }
  return { heading, levels };
}

function shippedLines(levels: readonly Level[], position: string, errors: RecordError[]): OrderDocumentLine[] {
  const lines: OrderDocumentLine[] = [];
  for (const { ordinal, segments } of levels) {
    const lin = segments.find(({ name }) => name === 'LIN');
    const sn1 = segments.find(({ name }) => name === 'SN1');
    const place = `${position}/HL ${ordinal}`;
    if (lin && sn1) lines.push(shippedLine(lin, sn1, lines.length + 1, place, errors));
    else if (lin) errors.push(invalid('SN1', `HL ${ordinal}: an item without the quantity shipped`, ''));
    else if (sn1) errors.push(invalid('LIN', `HL ${ordinal}: a quantity without its item`, ''));
  }
  return lines;
}

/** The 856: one record for each order in the shipment; without order levels one for the shipment. */
export function* mapShipNotice(set: TransactionSet, context: FormatContext, options: X12Options): Generator<Parsed> {
  const { position, segments } = set;
  const bsn = segments.find(({ name }) => name === 'BSN');
  const documentNumber = bounded(bsn?.element(2) ?? '');
  if (!bsn || documentNumber === '') {
    yield { position, records: [], errors: [invalid('BSN-02', 'expected the number of the shipment', '')] };
    return;
  }
  const { heading, levels } = levelsOf(segments);
  const shipment = levels.filter(({ hl }) => hl.element(3).toUpperCase() === 'S').flatMap((level) => level.segments);
  const orders = Map.groupBy(levels, ({ order }) => order);
  const chosen = [...orders].filter(([order]) => order !== undefined || orders.size === 1);
  const loose = orders.size > 1 ? (orders.get(undefined) ?? []) : [];
  for (const [index, [order, own]] of chosen.entries()) {
    const errors: RecordError[] = [];
    const place = index === 0 ? position : `${position}/HL ${order?.ordinal ?? 0}`;
    const documentDate = day(bsn.element(3), 'BSN-03', errors);
    const prf = (order?.segments ?? shipment).find(({ name }) => name === 'PRF');
    const parties = [...(order?.segments ?? []), ...shipment, ...heading];
    const lines = shippedLines(index === 0 ? [...loose, ...own] : own, position, errors);
    const record: OrderDocumentRecord = {
      ...common(set, context, options),
      kind: 'SHIP_NOTICE',
      accountNumber: bounded(accountNumber(parties, options.account)),
      documentNumber,
      purchaseOrder: bounded(prf?.element(1) ?? ''),
      documentDate,
      purpose: bounded(bsn.element(1)),
      response: '',
      lines,
    };
    yield { position: place, records: [record], errors };
  }
  if (chosen.length === 0)
    yield { position, records: [], errors: [invalid('HL', 'expected the levels of a shipment', '')] };
}
