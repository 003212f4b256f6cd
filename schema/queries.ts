/** The root fields of the read API. There is nothing to resolve here: src/read compiles them. */
import { Resolver } from 'type-graphql';
import type { Ordering } from '../src/read/catalog.ts';
import { ReadMany, ReadOne, type Ref } from './declare.ts';
import { DispenseOrder, EncounterOrder, ImportOrder, InvoiceOrder, MessageOrder } from './enums.ts';
import * as filters from './filters.ts';
import { Determination } from './types/determination.ts';
import { ClaimTransaction, Dispense, DispenseConnection } from './types/dispense.ts';
import { Encounter, EncounterConnection } from './types/encounter.ts';
import { ExceptionCaseConnection, type ExceptionCase } from './types/exception.ts';
import { FeedConnection, type Feed } from './types/feed.ts';
import { ImportConnection, type Import } from './types/import.ts';
import { Invoice, InvoiceConnection, InvoiceLineConnection, type InvoiceLine } from './types/invoice.ts';
import {
  AccumulatorBalanceConnection,
  AccumulatorEntryConnection,
  type AccumulatorBalance,
  type AccumulatorEntry,
} from './types/ledger.ts';
import { Message, MessageConnection, MessageReplay, MessageReplayConnection } from './types/message.ts';
import {
  EdiAcknowledgementConnection,
  EdiInterchangeConnection,
  OrderDocumentConnection,
  type EdiAcknowledgement,
  type EdiInterchange,
  type OrderDocument,
} from './types/order.ts';
import { OutboundFileConnection, type OutboundFile } from './types/outbound.ts';
import { Prescription } from './types/prescription.ts';
import { ConsultNote, Coverage, Referral } from './types/referral.ts';

const ID: Ordering = { column: 'id', descending: false, data: 'OPS' };

const byDate = (name: string, column: string, data: Ordering['data']): Record<string, Ordering> => ({
  [`${name}_DESC`]: { column, descending: true, data },
  [`${name}_ASC`]: { column, descending: false, data },
  ID,
});

@Resolver()
export class Queries {
  @ReadOne(() => Dispense, 'One dispense.')
  dispense!: Ref<Dispense>;

  @ReadMany(() => DispenseConnection, {
    about: 'Dispenses, the latest date of service first.',
    filter: () => filters.DispenseFilter,
    orderBy: DispenseOrder,
    orderings: byDate('DATE_OF_SERVICE', 'date_of_service', 'LDS'),
  })
  dispenses!: Ref<Dispense[]>;

  @ReadOne(() => Encounter, 'One encounter.')
  encounter!: Ref<Encounter>;

  @ReadMany(() => EncounterConnection, {
    about: 'Encounters, the latest start first.',
    filter: () => filters.EncounterFilter,
    orderBy: EncounterOrder,
    orderings: byDate('START_DATE', 'start_date', 'LDS'),
  })
  encounters!: Ref<Encounter[]>;

  @ReadOne(() => Prescription, 'One prescription order.')
  prescription!: Ref<Prescription>;

  @ReadOne(() => Referral, 'One referral.')
  referral!: Ref<Referral>;

  @ReadOne(() => ConsultNote, 'One consult note.')
  consultNote!: Ref<ConsultNote>;

  @ReadOne(() => Coverage, 'One insurance of a patient.')
  coverage!: Ref<Coverage>;

  @ReadOne(() => Determination, 'One determination.')
  determination!: Ref<Determination>;

  @ReadOne(() => ClaimTransaction, 'One claim transaction.')
  claimTransaction!: Ref<ClaimTransaction>;

  @ReadMany(() => AccumulatorEntryConnection, {
    about: 'Ledger postings, oldest first.',
    filter: () => filters.AccumulatorEntryFilter,
    orderings: { ID },
  })
  accumulatorEntries!: Ref<AccumulatorEntry[]>;

  @ReadMany(() => AccumulatorBalanceConnection, {
    about: 'Balances per entity, pharmacy, drug and bucket.',
    filter: () => filters.AccumulatorBalanceFilter,
    orderings: { ID },
  })
  accumulatorBalances!: Ref<AccumulatorBalance[]>;

  @ReadOne(() => Invoice, 'One invoice version.')
  invoice!: Ref<Invoice>;

  @ReadMany(() => InvoiceConnection, {
    about: 'Invoices and credit memos, the latest first.',
    filter: () => filters.InvoiceFilter,
    orderBy: InvoiceOrder,
    orderings: byDate('INVOICE_DATE', 'invoice_date', 'FIN'),
  })
  invoices!: Ref<Invoice[]>;

  @ReadMany(() => InvoiceLineConnection, {
    about: 'Invoice lines.',
    filter: () => filters.InvoiceLineFilter,
    orderings: { ID },
  })
  invoiceLines!: Ref<InvoiceLine[]>;

  @ReadMany(() => ImportConnection, {
    about: 'Files of master and reference data and what they changed, the latest first.',
    filter: () => filters.ImportFilter,
    orderBy: ImportOrder,
    orderings: byDate('RECEIVED_AT', 'received_at', 'OPS'),
  })
  imports!: Ref<Import[]>;

  @ReadMany(() => OrderDocumentConnection, {
    about: 'Answers of wholesalers to orders, as received.',
    filter: () => filters.OrderDocumentFilter,
    orderings: { ID },
  })
  orderDocuments!: Ref<OrderDocument[]>;

  @ReadMany(() => EdiInterchangeConnection, {
    about: 'X12 interchanges that the hub has written, with what partners said of them.',
    filter: () => filters.EdiInterchangeFilter,
    orderings: { ID },
  })
  ediInterchanges!: Ref<EdiInterchange[]>;

  @ReadMany(() => OutboundFileConnection, {
    about: 'Files that go out, oldest first: their states, and what partners said of them.',
    filter: () => filters.OutboundFileFilter,
    orderings: { ID },
  })
  outboundFiles!: Ref<OutboundFile[]>;

  @ReadMany(() => EdiAcknowledgementConnection, {
    about: 'Acknowledgements of partners, as received.',
    filter: () => filters.EdiAcknowledgementFilter,
    orderings: { ID },
  })
  ediAcknowledgements!: Ref<EdiAcknowledgement[]>;

  @ReadMany(() => ExceptionCaseConnection, {
    about: 'Exception cases, oldest first.',
    filter: () => filters.ExceptionFilter,
    orderings: { ID },
  })
  exceptions!: Ref<ExceptionCase[]>;

  @ReadMany(() => FeedConnection, {
    about: 'Feeds by name, with their freshness.',
    filter: () => filters.FeedFilter,
    orderings: { ID: { column: 'name', descending: false, data: 'OPS' } },
  })
  feeds!: Ref<Feed[]>;

  @ReadOne(() => Message, 'One message or file.', 'raw_id', 'id')
  message!: Ref<Message>;

  @ReadMany(() => MessageConnection, {
    about: 'Messages and files, the latest first.',
    filter: () => filters.MessageFilter,
    orderBy: MessageOrder,
    orderings: { LATEST: { column: 'raw_id', descending: true, data: 'OPS' }, ID: { ...ID, column: 'raw_id' } },
  })
  messages!: Ref<Message[]>;

  @ReadOne(() => MessageReplay, 'One replay.')
  messageReplay!: Ref<MessageReplay>;

  @ReadMany(() => MessageReplayConnection, { about: 'Replays, oldest first.', orderings: { ID } })
  messageReplays!: Ref<MessageReplay[]>;
}
