/** What an 855 or 856 says of one order line. */
import { PRICE, QUANTITY, readDecimal } from '../../../src/model/decimal-text.ts';
import type { OrderDocumentLine, OrderLineAnswer, OrderLineStatus, RecordError } from '../../../src/model/records.ts';
import { readDate } from './dates.ts';
import { invalid } from './envelope.ts';
import type { Segment } from './parse.ts';
import { ndcText } from './product.ts';

/** Line item status codes (element 668) that wholesalers use. */
const STATUS: ReadonlyMap<string, OrderLineStatus> = new Map([
  ['IA', 'ACCEPTED'],
  ['AC', 'ACCEPTED'],
  ['DR', 'ACCEPTED'],
  ['IQ', 'QUANTITY_CHANGED'],
  ['IP', 'PRICE_CHANGED'],
  ['IB', 'BACKORDERED'],
  ['BP', 'BACKORDERED'],
  ['IR', 'REJECTED'],
  ['ID', 'REJECTED'],
  ['R2', 'REJECTED'],
  ['IS', 'SUBSTITUTED'],
]);
const LONGEST = 64;
const FIRST_PAIR = { PO1: 6, LIN: 2, ACK: 7 };

/** A number that is not stated is null; one that cannot be read is null with an error. */
function number(segment: Segment, at: number, width: typeof QUANTITY, errors: RecordError[]): string | null {
  const text = segment.element(at);
  if (text === '') return null;
  const value = readDecimal(text, width);
  if (value === null) {
    const field = `${segment.name}-0${at}`;
    errors.push(invalid(field, `expected a number with at most ${width.fraction} decimals`, text));
  }
  return value;
}

function answer(ack: Segment, errors: RecordError[]): OrderLineAnswer {
  const code = ack.element(1).toUpperCase().slice(0, LONGEST);
  const day = readDate(ack.element(5));
  if (day === null && ack.element(5) !== '')
    errors.push(invalid('ACK-05', 'expected a date, year first', ack.element(5)));
  return {
    status: STATUS.get(code) ?? 'OTHER',
    code,
    quantity: number(ack, 2, QUANTITY, errors),
    day,
    ndcText: ndcText(ack, FIRST_PAIR.ACK),
  };
}

/** A PO1 of an 855 with its ACKs. */
export function acknowledgedLine(
  po1: Segment,
  acks: readonly Segment[],
  ordinal: number,
  position: string,
  errors: RecordError[],
): OrderDocumentLine {
  return {
    lineNumber: po1.element(1).slice(0, LONGEST) || String(ordinal),
    ndcText: ndcText(po1, FIRST_PAIR.PO1),
    ordered: number(po1, 2, QUANTITY, errors),
    unit: po1.element(3).toUpperCase().slice(0, LONGEST),
    unitPrice: number(po1, 4, PRICE, errors),
    answers: acks.map((ack) => answer(ack, errors)),
    position,
  };
}

/** A LIN of an 856 with its SN1; undefined = nothing says how much was shipped. */
export function shippedLine(
  lin: Segment,
  sn1: Segment,
  ordinal: number,
  position: string,
  errors: RecordError[],
): OrderDocumentLine {
  const quantity = number(sn1, 2, QUANTITY, errors);
  if (quantity === null && sn1.element(2) === '') errors.push(invalid('SN1-02', 'expected the quantity shipped', ''));
  return {
    lineNumber: lin.element(1).slice(0, LONGEST) || sn1.element(1).slice(0, LONGEST) || String(ordinal),
    ndcText: ndcText(lin, FIRST_PAIR.LIN),
    ordered: number(sn1, 5, QUANTITY, errors),
    unit: sn1.element(3).toUpperCase().slice(0, LONGEST),
    unitPrice: null,
    answers: [
      { status: 'SHIPPED', code: sn1.element(8).toUpperCase().slice(0, LONGEST), quantity, day: null, ndcText: null },
    ],
    position,
  };
}
