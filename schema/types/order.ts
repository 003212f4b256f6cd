/** What wholesalers answer to orders, and the interchanges that go to and fro. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Elements, ElementText, Few, Id, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { RawSource } from './feed.ts';

@Type({ about: 'What a wholesaler says of an order line.' })
export class OrderLineAnswer {
  @ElementText('status', () => String, {
    data: 'OPS',
    about: 'ACCEPTED, QUANTITY_CHANGED, PRICE_CHANGED, BACKORDERED, REJECTED, SUBSTITUTED, SHIPPED or OTHER.',
  })
  status!: string;

  @ElementText('code', () => String, { data: 'OPS', about: 'The code as sent: IA, IQ, IB ...' })
  code!: string;

  @ElementText('quantity', () => DecimalScalar, { data: 'OPS', about: 'Quantity, in the unit of the line.' })
  quantity!: string;

  @ElementText('day', () => DateScalar, { data: 'OPS', about: 'Day that goes with it.' })
  day!: string;

  @ElementText('ndcText', () => String, { data: 'REF', about: 'Product that is sent instead.' })
  ndcText!: string;
}

@Type({ about: 'A line of an answer to an order.' })
export class OrderDocumentLine {
  @ElementText('lineNumber', () => String, { data: 'OPS', about: 'Line number as sent.' })
  lineNumber!: string;

  @ElementText('ndcText', () => String, { data: 'REF', about: 'Product id as sent.' })
  ndcText!: string;

  @ElementText('ordered', () => DecimalScalar, {
    data: 'OPS',
    about: 'Quantity ordered, as the wholesaler repeats it.',
  })
  ordered!: string;

  @ElementText('unit', () => String, { data: 'OPS', about: 'Unit of the quantities as sent.' })
  unit!: string;

  @ElementText('unitPrice', () => DecimalScalar, { data: 'FIN', about: 'Price of a unit.' })
  unitPrice!: string;

  @Elements({ key: 'answers' }, () => [OrderLineAnswer], { data: 'OPS', required: true, about: 'What is said of it.' })
  answers!: Ref<OrderLineAnswer[]>;

  @ElementText('position', () => String, { data: 'OPS', about: 'Where it stood in the file.' })
  position!: string;
}

@Type({
  table: tables.orderDocument,
  about: 'An order acknowledgement (X12 855), or what one ship notice (856) says of one order.',
})
export class OrderDocument {
  @Id()
  id!: string;

  @Column('kind', () => String, { data: 'OPS', required: true, about: 'ACKNOWLEDGEMENT or SHIP_NOTICE.' })
  kind!: string;

  @Column('wholesaler', () => String, { data: 'OPS', required: true, about: 'Wholesaler.' })
  wholesaler!: string;

  @Column('account_number', () => String, { data: 'FIN', about: 'Account at the wholesaler.' })
  accountNumber!: string;

  @Column('document_number', () => String, { data: 'OPS', required: true, about: "Wholesaler's order, or shipment." })
  number!: string;

  @Column('purchase_order', () => String, { data: 'OPS', required: true, about: 'Order number of the buyer.' })
  purchaseOrder!: string;

  @Column('document_date', () => DateScalar, { data: 'OPS', about: 'Date of the document.' })
  documentDate!: string;

  @Column('purpose', () => String, { data: 'OPS', required: true, about: '00 original, 01 cancel, 05 replace.' })
  purpose!: string;

  @Column('response', () => String, { data: 'OPS', required: true, about: 'Answer as a whole: AC, AD, AK, AT, RJ.' })
  response!: string;

  @Column('created_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When the document was made.' })
  createdAt!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was received.' })
  receivedAt!: string;

  @Elements({ column: 'lines' }, () => [OrderDocumentLine], { data: 'OPS', required: true, about: 'Its lines.' })
  lines!: Ref<OrderDocumentLine[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where it was received.' })
  source!: Ref<RawSource>;
}

@Type({ about: 'What an acknowledgement says of one transaction set.' })
export class AcknowledgedSet {
  @ElementText('code', () => String, { data: 'OPS', about: 'Kind of the set: 850.' })
  code!: string;

  @ElementText('controlNumber', () => String, { data: 'OPS', about: 'Its control number.' })
  controlNumber!: string;

  @ElementText('status', () => String, { data: 'OPS', about: 'A accepted, E with errors, R rejected; as sent.' })
  status!: string;
}

@Type({ table: tables.ediAcknowledgement, about: 'A 997, 999 or TA1 received for an interchange of ours.' })
export class EdiAcknowledgement {
  @Id()
  id!: string;

  @Column('partner', () => String, { data: 'OPS', required: true, about: 'Who acknowledges (ISA06).' })
  partner!: string;

  @Column('kind', () => String, { data: 'OPS', required: true, about: '997, 999 or TA1.' })
  kind!: string;

  @Column('functional_code', () => String, { data: 'OPS', required: true, about: 'Kind of the group: PO; empty: TA1.' })
  functionalCode!: string;

  @Column('control_number', () => String, { data: 'OPS', required: true, about: 'Control number acknowledged.' })
  controlNumber!: string;

  @Column('status', () => String, { data: 'OPS', required: true, about: 'A, E, P or R, as sent.' })
  status!: string;

  @Column('sets_included', () => Int, { data: 'OPS', about: 'Sets that the group said it had.' })
  setsIncluded!: number;

  @Column('sets_received', () => Int, { data: 'OPS', about: 'Sets received.' })
  setsReceived!: number;

  @Column('sets_accepted', () => Int, { data: 'OPS', about: 'Sets accepted.' })
  setsAccepted!: number;

  @Column('notes', () => [String], { data: 'OPS', required: true, about: 'Codes of what is wrong with the group.' })
  notes!: string[];

  @Elements({ column: 'sets' }, () => [AcknowledgedSet], {
    data: 'OPS',
    required: true,
    about: 'Its sets, one by one.',
  })
  sets!: Ref<AcknowledgedSet[]>;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was received.' })
  receivedAt!: string;

  @Few(() => EdiInterchange, {
    on: { partner: 'partner', control_number: 'control_number' },
    data: 'OPS',
    required: true,
    about: 'The interchange of ours that it names; empty = none has this number.',
  })
  interchanges!: Ref<EdiInterchange[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where it was received.' })
  source!: Ref<RawSource>;
}

@Type({ table: tables.ediInterchange, about: 'An X12 interchange that the hub has written.' })
export class EdiInterchange {
  @Id()
  id!: string;

  @Column('partner', () => String, { data: 'OPS', required: true, about: 'Whom it is for (ISA08).' })
  partner!: string;

  @Column('control_number', () => String, { data: 'OPS', required: true, about: 'Its control number.' })
  controlNumber!: string;

  @Column('functional_code', () => String, { data: 'OPS', required: true, about: 'FA acknowledgement, PO orders.' })
  functionalCode!: string;

  @Column('feed', () => String, { data: 'OPS', required: true, about: 'Feed whose partner gets it.' })
  feed!: string;

  @Column('created_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was written.' })
  createdAt!: string;

  @Column('expects_acknowledgement', () => Boolean, {
    data: 'OPS',
    required: true,
    about: 'A 997 of the partner is expected for it.',
  })
  expectsAcknowledgement!: boolean;

  @Few(() => EdiAcknowledgement, {
    on: { partner: 'partner', control_number: 'control_number' },
    data: 'OPS',
    required: true,
    about: 'What the partner said of it.',
  })
  acknowledgements!: Ref<EdiAcknowledgement[]>;
}

export const OrderDocumentConnection = connection('OrderDocument', () => OrderDocument);
export const EdiAcknowledgementConnection = connection('EdiAcknowledgement', () => EdiAcknowledgement);
export const EdiInterchangeConnection = connection('EdiInterchange', () => EdiInterchange);
