/** Conditions of the root lists. All set conditions must hold; an absent or null one does not restrict. */
import 'reflect-metadata';
import { Field, ID, InputType, type ClassType } from 'type-graphql';
import * as tables from '../drizzle/tables/index.ts';
import { Filter, Where } from './declare.ts';
import {
  DeterminationStatus,
  DispenseState,
  ExceptionState,
  FeedHealth,
  MessageState,
  OutboundState,
  Severity,
} from './enums.ts';
import { DateScalar, DateTimeScalar } from './scalars.ts';
import { feedHealth } from './types/feed.ts';

/** `{ eq, in }` of a type. */
function choice(name: string, type: () => unknown): ClassType {
  @InputType(name, { description: 'Equal to one value or to any of several.' })
  class Choice {
    @Field(type as never, { nullable: true })
    eq?: unknown;

    @Field(() => [type()] as never, { nullable: true })
    in?: unknown[];
  }
  return Choice;
}

/** `{ eq, gte, gt, lte, lt }` of a type. */
function range(name: string, type: () => unknown): ClassType {
  @InputType(name, { description: 'Bounds; gte and lte include the bound.' })
  class Range {
    @Field(type as never, { nullable: true })
    eq?: unknown;

    @Field(type as never, { nullable: true })
    gte?: unknown;

    @Field(type as never, { nullable: true })
    gt?: unknown;

    @Field(type as never, { nullable: true })
    lte?: unknown;

    @Field(type as never, { nullable: true })
    lt?: unknown;
  }
  return Range;
}

const TextChoice = choice('TextChoice', () => String);
const IdChoice = choice('IdChoice', () => ID);
const StatusChoice = choice('DeterminationStatusChoice', () => DeterminationStatus);
const StateChoice = choice('DispenseStateChoice', () => DispenseState);
const HealthChoice = choice('FeedHealthChoice', () => FeedHealth);
const CaseStateChoice = choice('ExceptionStateChoice', () => ExceptionState);
const MessageStateChoice = choice('MessageStateChoice', () => MessageState);
const OutboundStateChoice = choice('OutboundStateChoice', () => OutboundState);
const SeverityChoice = choice('SeverityChoice', () => Severity);
const DateRange = range('DateRange', () => DateScalar);
const DateTimeRange = range('DateTimeRange', () => DateTimeScalar);

const allocated = (row: string, from: (table: typeof tables.allocation, alias: string, on: string) => string): string =>
  `exists (select 1 from ${from(tables.allocation, 'a', `a.dispense_id = ${row}.id and a.superseded_at is null`)})`;

@Filter('Conditions on dispenses.')
export class DispenseFilter {
  @Where('date_of_service', () => DateRange, { data: 'LDS', about: 'Date of service.' })
  dateOfService?: object;

  @Where('ncpdp', () => TextChoice, { data: 'REF', about: 'NCPDP id of the pharmacy.' })
  pharmacy?: object;

  @Where('ndc11', () => TextChoice, { data: 'REF', about: 'Drug, eleven digits.' })
  ndc11?: object;

  @Where('state', () => StateChoice, { data: 'OPS', about: 'Open, reversed or never paid.' })
  state?: object;

  @Where('status', () => StatusChoice, { data: 'OPS', about: 'Answer of the winning determination.' })
  status?: object;

  @Where('bucket', () => TextChoice, { data: 'OPS', about: '340B, GPO or WAC.' })
  bucket?: object;

  @Where('entity', () => TextChoice, { data: 'REF', about: '340B ID of the winning entity.' })
  entity?: object;

  @Where('reason', () => TextChoice, { data: 'OPS', about: 'First rule that failed or is unknown.' })
  reason?: object;

  @Where('plan_type', () => TextChoice, { data: 'OPS', about: 'Type of the payer plan.' })
  planType?: object;

  @Where('patient_id', () => IdChoice, { data: 'LDS', about: 'Patient reference.' })
  patient?: object;

  @Where(({ row, from }) => allocated(row, from), () => Boolean, {
    data: 'OPS',
    about: 'Repaid, at least in part, by an invoice line.',
  })
  allocated?: boolean;

  @Where(
    ({ row, from }) => {
      const posted = from(tables.accumulatorEntry, 'p', `p.dispense_id = ${row}.id`);
      const linked = ['encounter', 'prescription', 'determination'].map((name) => `${row}.${name}_id is not null`);
      return `(${linked.join(' and ')} and exists (select 1 from ${posted}) and ${allocated(row, from)})`;
    },
    () => Boolean,
    {
      data: 'OPS',
      about: 'Encounter, prescription, determination, ledger entry and invoice allocation are all there.',
    },
  )
  chainComplete?: boolean;
}

@Filter('Conditions on encounters.')
export class EncounterFilter {
  @Where('start_date', () => DateRange, { data: 'LDS', about: 'Calendar date of the start, in the zone of the feed.' })
  startDate?: object;

  @Where('site_id340b', () => TextChoice, { data: 'REF', about: '340B ID of the site.' })
  site?: object;

  @Where('class', () => TextChoice, { data: 'OPS', about: 'AMB, EMER, OBSENC, IMP, PREADMIT or UNKNOWN.' })
  class?: object;

  @Where('status', () => TextChoice, { data: 'OPS', about: 'ACTIVE, CANCELLED, DELETED or NO_SHOW.' })
  status?: object;

  @Where('attending_npi', () => TextChoice, { data: 'REF', about: 'NPI of the attending provider.' })
  provider?: object;

  @Where('patient_id', () => IdChoice, { data: 'LDS', about: 'Patient reference.' })
  patient?: object;
}

@Filter('Conditions on ledger postings.')
export class AccumulatorEntryFilter {
  @Where('entity', () => TextChoice, { data: 'REF', about: '340B ID.' })
  entity?: object;

  @Where('ncpdp', () => TextChoice, { data: 'REF', about: 'NCPDP id of the pharmacy.' })
  pharmacy?: object;

  @Where('ndc11', () => TextChoice, { data: 'REF', about: 'Drug, eleven digits.' })
  ndc11?: object;

  @Where('bucket', () => TextChoice, { data: 'OPS', about: '340B, GPO or WAC.' })
  bucket?: object;

  @Where('posting', () => TextChoice, { data: 'OPS', about: 'ACCRUE, REVERSE, RECEIVE_DIRECT, RETURN.' })
  posting?: object;
}

@Filter('Conditions on balances.')
export class AccumulatorBalanceFilter {
  @Where('entity', () => TextChoice, { data: 'REF', about: '340B ID.' })
  entity?: object;

  @Where('ncpdp', () => TextChoice, { data: 'REF', about: 'NCPDP id of the pharmacy.' })
  pharmacy?: object;

  @Where('ndc11', () => TextChoice, { data: 'REF', about: 'Drug, eleven digits.' })
  ndc11?: object;

  @Where('bucket', () => TextChoice, { data: 'OPS', about: '340B, GPO or WAC.' })
  bucket?: object;

  @Where(({ row }) => `${row}.available < 0`, () => Boolean, {
    data: 'OPS',
    about: 'More was bought than dispensed.',
  })
  overReplenished?: boolean;
}

@Filter('Conditions on invoices.')
export class InvoiceFilter {
  @Where('invoice_date', () => DateRange, { data: 'FIN', about: 'Date of the document.' })
  invoiceDate?: object;

  @Where('invoice_number', () => TextChoice, { data: 'FIN', about: 'Number of the document.' })
  number?: object;

  @Where('wholesaler', () => TextChoice, { data: 'OPS', about: 'Wholesaler.' })
  wholesaler?: object;

  @Where('account_type', () => TextChoice, { data: 'OPS', about: '340B, GPO or WAC.' })
  accountType?: object;

  @Where('entity', () => TextChoice, { data: 'REF', about: '340B ID billed.' })
  entity?: object;

  @Where('ncpdp', () => TextChoice, { data: 'REF', about: 'NCPDP id of the ship-to pharmacy.' })
  pharmacy?: object;

  @Where('current', () => Boolean, { data: 'OPS', about: 'Only current (true) or superseded (false) versions.' })
  current?: boolean;
}

@Filter('Conditions on invoice lines.')
export class InvoiceLineFilter {
  @Where('invoice_date', () => DateRange, { data: 'FIN', about: 'Date of the document.' })
  invoiceDate?: object;

  @Where('ndc11', () => TextChoice, { data: 'REF', about: 'Drug, eleven digits.' })
  ndc11?: object;

  @Where('state', () => TextChoice, {
    data: 'OPS',
    about: 'ALLOCATED, PARTIAL, UNMATCHED, NOT_POSTED, CREDIT, SUPERSEDED.',
  })
  state?: object;

  @Where('entity', () => TextChoice, { data: 'REF', about: '340B ID billed.' })
  entity?: object;

  @Where('ncpdp', () => TextChoice, { data: 'REF', about: 'NCPDP id of the ship-to pharmacy.' })
  pharmacy?: object;

  @Where('bucket', () => TextChoice, { data: 'OPS', about: '340B, GPO or WAC.' })
  bucket?: object;
}

@Filter('Conditions on files of master and reference data.')
export class ImportFilter {
  @Where('feed', () => TextChoice, { data: 'OPS', about: 'Feed it came by.' })
  feed?: object;

  @Where('kind', () => TextChoice, { data: 'OPS', about: 'Kind of the rows.' })
  kind?: object;

  @Where('received_at', () => DateTimeRange, { data: 'OPS', about: 'Receipt.' })
  receivedAt?: object;
}

@Filter('Conditions on answers to orders.')
export class OrderDocumentFilter {
  @Where('purchase_order', () => TextChoice, { data: 'OPS', about: 'Order number of the buyer.' })
  purchaseOrder?: object;

  @Where('document_number', () => TextChoice, { data: 'OPS', about: "Wholesaler's order, or shipment." })
  number?: object;

  @Where('kind', () => TextChoice, { data: 'OPS', about: 'ACKNOWLEDGEMENT or SHIP_NOTICE.' })
  kind?: object;

  @Where('wholesaler', () => TextChoice, { data: 'OPS', about: 'Wholesaler.' })
  wholesaler?: object;
}

const acknowledged = (
  row: string,
  from: (table: typeof tables.ediAcknowledgement, alias: string, on: string) => string,
) =>
  `exists (select 1 from ${from(tables.ediAcknowledgement, 'k', `k.partner = ${row}.partner and k.control_number = ${row}.control_number`)})`;

@Filter('Conditions on interchanges that the hub has written.')
export class EdiInterchangeFilter {
  @Where('partner', () => TextChoice, { data: 'OPS', about: 'Whom it is for.' })
  partner?: object;

  @Where('functional_code', () => TextChoice, { data: 'OPS', about: 'FA acknowledgement, PO orders.' })
  functionalCode?: object;

  @Where('control_number', () => TextChoice, { data: 'OPS', about: 'Control number.' })
  controlNumber?: object;

  @Where(({ row, from }) => acknowledged(row, from), () => Boolean, {
    data: 'OPS',
    about: 'The partner has acknowledged it.',
  })
  acknowledged?: boolean;
}

@Filter('Conditions on acknowledgements of partners.')
export class EdiAcknowledgementFilter {
  @Where('partner', () => TextChoice, { data: 'OPS', about: 'Who acknowledges.' })
  partner?: object;

  @Where('status', () => TextChoice, { data: 'OPS', about: 'A, E, P or R, as sent.' })
  status?: object;

  @Where('control_number', () => TextChoice, { data: 'OPS', about: 'Control number acknowledged.' })
  controlNumber?: object;
}

@Filter('Conditions on files that go out.')
export class OutboundFileFilter {
  @Where('feed', () => TextChoice, { data: 'OPS', about: 'Feed whose partner gets it.' })
  feed?: object;

  @Where('state', () => OutboundStateChoice, { data: 'OPS', about: 'How far it has come.' })
  state?: object;

  @Where('partner', () => TextChoice, { data: 'OPS', about: 'Whom its X12 group is for.' })
  partner?: object;

  @Where('control_number', () => TextChoice, { data: 'OPS', about: 'Control number of its group.' })
  controlNumber?: object;

  @Where(({ row }) => `(${row}.acknowledged_at is not null)`, () => Boolean, {
    data: 'OPS',
    about: 'The partner has acknowledged it.',
  })
  acknowledged?: boolean;

  @Where('created_at', () => DateTimeRange, { data: 'OPS', about: 'When it was made.' })
  createdAt?: object;
}

@Filter('Conditions on exception cases.')
export class ExceptionFilter {
  @Where('code', () => TextChoice, { data: 'OPS', about: 'Code of the case, e.g. SITE_UNMAPPED.' })
  code?: object;

  @Where('state', () => CaseStateChoice, { data: 'OPS', about: 'State of the case.' })
  state?: object;

  @Where('severity', () => SeverityChoice, { data: 'OPS', about: 'Severity of the case.' })
  severity?: object;

  @Where('opened_at', () => DateTimeRange, { data: 'OPS', about: 'When it opened.' })
  openedAt?: object;
}

@Filter('Conditions on feeds.')
export class FeedFilter {
  @Where('name', () => TextChoice, { data: 'OPS', about: 'Name of the feed.' })
  name?: object;

  @Where('kind', () => TextChoice, { data: 'OPS', about: 'What it delivers.' })
  kind?: object;

  @Where(feedHealth, () => HealthChoice, { data: 'OPS', about: 'Health of the feed.' })
  health?: object;
}

@Filter('Conditions on messages and files.')
export class MessageFilter {
  @Where('feed', () => TextChoice, { data: 'OPS', about: 'Feed.' })
  feed?: object;

  @Where('state', () => MessageStateChoice, { data: 'OPS', about: 'What became of it.' })
  state?: object;

  @Where('received_at', () => DateTimeRange, { data: 'OPS', about: 'Receipt.' })
  receivedAt?: object;

  @Where(
    ({ row, from }) =>
      `(select m.control_id from ${from(tables.rawMessage, 'm', `m.month = ${row}.month and m.id = ${row}.raw_id`)})`,
    () => TextChoice,
    {
      data: 'OPS',
      about: 'MSH-10, or the hash of a file. Give the feed and a time with it: it is looked up in each message.',
    },
  )
  controlId?: object;

  @Where(({ row }) => `${row}.rejected > 0`, () => Boolean, { data: 'OPS', about: 'With a record that was rejected.' })
  rejected?: boolean;

  @Where(
    ({ row, from }) => `exists (select 1 from ${from(tables.recordError, 'x', `x.raw_id = ${row}.raw_id`)})`,
    () => Boolean,
    { data: 'OPS', about: 'With something that could not be read.' },
  )
  errors?: boolean;
}
