/** What wholesalers billed: every version of every document, and the lines of the current one as reconciled. */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, instant, money, price, provenance, tenantId, units } from './columns.ts';

/** One version of an invoice or credit memo; the version with the later creation is current (12.37). */
export const invoice = pgTable(
  'invoice',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    wholesaler: text('wholesaler').notNull(),
    accountNumber: text('account_number').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    /** INVOICE or CREDIT. */
    kind: text('kind').notNull(),
    invoiceDate: day('invoice_date').notNull(),
    originalInvoice: text('original_invoice').notNull(),
    purchaseOrder: text('purchase_order').notNull(),
    total: money('total'),
    allowances: money('allowances').notNull(),
    charges: money('charges').notNull(),
    tax: money('tax').notNull(),
    /** Creation of the interchange (GS-04/05), else the receipt. */
    createdAt: instant('created_at').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** SHA-256 of the content: the same number with the same content is a duplicate. */
    contentHash: text('content_hash').notNull(),
    /** InvoiceLineRecord[] as received. */
    lines: jsonb('lines').notNull(),
    /** Newest version of its number; earlier ones stay, superseded. */
    current: boolean('current').notNull(),
    /** Account type, bill-to entity and ship-to pharmacy by the account master; null while the account is unknown. */
    accountType: text('account_type'),
    entity: text('entity'),
    ncpdp: text('ncpdp'),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('invoice_version').on(t.tenantId, t.wholesaler, t.accountNumber, t.invoiceNumber, t.contentHash),
    index('invoice_date').on(t.tenantId, t.invoiceDate, t.id),
  ],
);

/** A line of an invoice. Lines of superseded versions stay with `current` false and nothing posted. */
export const invoiceLine = pgTable(
  'invoice_line',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    invoiceId: uuid('invoice_id').notNull(),
    lineNumber: text('line_number').notNull(),
    ordinal: integer('ordinal').notNull(),
    invoiceDate: day('invoice_date').notNull(),
    ndcText: text('ndc_text'),
    ndc11: text('ndc11'),
    packages: units('packages').notNull(),
    unitPrice: price('unit_price').notNull(),
    /** packages x unit price, cents, half away from zero (12.37). */
    amount: money('amount').notNull(),
    /** Ledger key, null while account or NDC is unknown. */
    entity: text('entity'),
    ncpdp: text('ncpdp'),
    bucket: text('bucket'),
    /** Billing units bought; negative on credits. */
    quantity: units('quantity'),
    /** Units after credits that name this line: what is posted and allocated. */
    effectiveQuantity: units('effective_quantity'),
    allocatedQuantity: units('allocated_quantity').notNull(),
    /** ALLOCATED, PARTIAL, UNMATCHED, NOT_POSTED, CREDIT or SUPERSEDED. */
    state: text('state').notNull(),
    current: boolean('current').notNull(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('invoice_line_number').on(t.tenantId, t.invoiceId, t.ordinal),
    // Supply of a ledger key, in the order of 12.34.
    index('invoice_line_key').on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket, t.invoiceDate),
    index('invoice_line_ndc').on(t.tenantId, t.ndc11, t.id),
    // Lines that wait for the directory.
    index('invoice_line_unresolved')
      .on(t.tenantId, t.invoiceId)
      .where(sql`ndc11 is null or btrim(ndc_text) ~ '^[0-9]{1,10}$'`),
  ],
);
