/** What wholesalers billed. */
import { Int } from 'type-graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { connection } from '../connection.ts';
import { Column, Id, Many, One, Type, type Ref } from '../declare.ts';
import { DateScalar, DateTimeScalar, DecimalScalar } from '../scalars.ts';
import { ExceptionCaseConnection, type ExceptionCase } from './exception.ts';
import { RawSource } from './feed.ts';
import { AccumulatorEntryConnection, AllocationConnection, type AccumulatorEntry, type Allocation } from './ledger.ts';
import { CoveredEntity, Drug, Pharmacy } from './reference.ts';

@Type({ table: tables.invoice, about: 'One version of an invoice or credit memo.' })
export class Invoice {
  @Id()
  id!: string;

  @Column('wholesaler', () => String, { data: 'OPS', required: true, about: 'Wholesaler.' })
  wholesaler!: string;

  @Column('account_number', () => String, { data: 'FIN', about: 'Account at the wholesaler.' })
  accountNumber!: string;

  @Column('invoice_number', () => String, { data: 'FIN', about: 'Number of the document.' })
  number!: string;

  @Column('kind', () => String, { data: 'OPS', required: true, about: 'INVOICE or CREDIT.' })
  kind!: string;

  @Column('invoice_date', () => DateScalar, { data: 'FIN', about: 'Date of the document.' })
  invoiceDate!: string;

  @Column('original_invoice', () => String, { data: 'FIN', about: 'Invoice that a credit memo names.' })
  originalInvoice!: string;

  @Column('purchase_order', () => String, { data: 'FIN', about: 'Order number of the buyer.' })
  purchaseOrder!: string;

  @Column('total', () => DecimalScalar, { data: 'FIN', about: 'Total as billed.' })
  total!: string;

  @Column('allowances', () => DecimalScalar, { data: 'FIN', about: 'Allowances.' })
  allowances!: string;

  @Column('charges', () => DecimalScalar, { data: 'FIN', about: 'Charges.' })
  charges!: string;

  @Column('tax', () => DecimalScalar, { data: 'FIN', about: 'Tax.' })
  tax!: string;

  @Column('created_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When the document was made.' })
  createdAt!: string;

  @Column('received_at', () => DateTimeScalar, { data: 'OPS', required: true, about: 'When it was received.' })
  receivedAt!: string;

  @Column('current', () => Boolean, { data: 'OPS', required: true, about: 'Latest version of its number.' })
  current!: boolean;

  @Column('account_type', () => String, { data: 'OPS', about: '340B, GPO or WAC; null while the account is unknown.' })
  accountType!: string;

  @Column('entity', () => String, { data: 'REF', about: '340B ID billed.' })
  entityId!: string;

  @Column('ncpdp', () => String, { data: 'REF', about: 'NCPDP id of the ship-to pharmacy.' })
  ncpdp!: string;

  @One(() => CoveredEntity, { on: { id340b: 'entity' }, data: 'REF', about: 'Entity billed.' })
  entity!: Ref<CoveredEntity>;

  @One(() => Pharmacy, { on: { ncpdp: 'ncpdp' }, data: 'REF', about: 'Ship-to pharmacy.' })
  pharmacy!: Ref<Pharmacy>;

  @Many(() => InvoiceLineConnection, { on: { invoice_id: 'id' }, data: 'OPS', required: true, about: 'Its lines.' })
  lines!: Ref<InvoiceLine[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where it was received.' })
  source!: Ref<RawSource>;
}

@Type({ table: tables.invoiceLine, about: 'A line of an invoice.' })
export class InvoiceLine {
  @Id()
  id!: string;

  @Column('line_number', () => String, { data: 'OPS', required: true, about: 'Line number as sent.' })
  lineNumber!: string;

  @Column('ordinal', () => Int, { data: 'OPS', required: true, about: 'Place in the document.' })
  ordinal!: number;

  @Column('invoice_date', () => DateScalar, { data: 'FIN', about: 'Date of the document.' })
  invoiceDate!: string;

  @Column('ndc11', () => String, { data: 'REF', about: 'Drug, eleven digits; null while it cannot be resolved.' })
  ndc11!: string;

  @Column('ndc_text', () => String, { data: 'REF', about: 'Product id as sent.' })
  ndcText!: string;

  @Column('packages', () => DecimalScalar, { data: 'OPS', required: true, about: 'Packages.' })
  packages!: string;

  @Column('unit_price', () => DecimalScalar, { data: 'FIN', about: 'Price of a package.' })
  unitPrice!: string;

  @Column('amount', () => DecimalScalar, { data: 'FIN', about: 'Packages times price, to the cent.' })
  amount!: string;

  @Column('quantity', () => DecimalScalar, { data: 'OPS', about: 'Billing units bought; negative on credits.' })
  quantity!: string;

  @Column('effective_quantity', () => DecimalScalar, { data: 'OPS', about: 'Billing units after credits.' })
  effectiveQuantity!: string;

  @Column('allocated_quantity', () => DecimalScalar, {
    data: 'OPS',
    required: true,
    about: 'Units that repay dispenses.',
  })
  allocatedQuantity!: string;

  @Column('state', () => String, {
    data: 'OPS',
    required: true,
    about: 'ALLOCATED, PARTIAL, UNMATCHED, NOT_POSTED, CREDIT or SUPERSEDED.',
  })
  state!: string;

  @Column('entity', () => String, { data: 'REF', about: '340B ID billed.' })
  entityId!: string;

  @Column('ncpdp', () => String, { data: 'REF', about: 'NCPDP id of the ship-to pharmacy.' })
  ncpdp!: string;

  @Column('bucket', () => String, { data: 'OPS', about: '340B, GPO or WAC.' })
  bucket!: string;

  @Column('current', () => Boolean, { data: 'OPS', required: true, about: 'Line of the current version.' })
  current!: boolean;

  @One(() => Invoice, { on: { id: 'invoice_id' }, data: 'OPS', required: true, about: 'Its invoice.' })
  invoice!: Ref<Invoice>;

  @One(() => Drug, { on: { ndc11: 'ndc11' }, data: 'REF', about: 'Drug.' })
  drug!: Ref<Drug>;

  @One(() => Pharmacy, { on: { ncpdp: 'ncpdp' }, data: 'REF', about: 'Ship-to pharmacy.' })
  pharmacy!: Ref<Pharmacy>;

  @Many(() => AllocationConnection, {
    on: { invoice_line_id: 'id' },
    where: { superseded_at: null },
    data: 'OPS',
    required: true,
    about: 'Dispenses that it repays, as computed now.',
  })
  allocations!: Ref<Allocation[]>;

  @Many(() => AccumulatorEntryConnection, {
    on: { invoice_line_id: 'id' },
    data: 'OPS',
    required: true,
    about: 'Ledger postings for it.',
  })
  accumulatorEntries!: Ref<AccumulatorEntry[]>;

  @Many(() => ExceptionCaseConnection, {
    on: {},
    through: {
      table: tables.exceptionCause,
      on: { invoice_line_id: 'id' },
      to: { code: 'code', subject: 'subject' },
    },
    data: 'OPS',
    required: true,
    about: 'Exception cases it raises.',
  })
  exceptions!: Ref<ExceptionCase[]>;

  @One(() => RawSource, { on: { raw_id: 'raw_id' }, data: 'OPS', about: 'Where it was received.' })
  source!: Ref<RawSource>;
}

export const InvoiceConnection = connection('Invoice', () => Invoice);
export const InvoiceLineConnection = connection('InvoiceLine', () => InvoiceLine);
