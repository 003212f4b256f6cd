/** The accumulator (DOMAIN 6): postings that are only ever added, balances beside them, and which supply repays which dispense. */
import { sql } from 'drizzle-orm';
import { index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, tenantId, units } from './columns.ts';

/** Columns that name a ledger key: entity x pharmacy x NDC-11 x bucket. */
const ledgerKey = () => ({
  entity: text('entity').notNull(),
  ncpdp: text('ncpdp').notNull(),
  ndc11: text('ndc11').notNull(),
  bucket: text('bucket').notNull(),
});

/** One posting: a quantity from one account to another, with its cause. Append-only by grants. */
export const accumulatorEntry = pgTable(
  'accumulator_entry',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    ...ledgerKey(),
    /** ACCRUE, REVERSE, RECEIVE_DIRECT, RETURN ... */
    posting: text('posting').notNull(),
    fromAccount: text('from_account').notNull(),
    toAccount: text('to_account').notNull(),
    /** Always positive, billing units. */
    quantity: units('quantity').notNull(),
    /** What it is for: exactly one of these two. */
    dispenseId: uuid('dispense_id'),
    invoiceLineId: uuid('invoice_line_id'),
    /** Determination that decided it (ACCRUE, REVERSE). */
    determinationId: uuid('determination_id'),
    cause: text('cause').notNull(),
    postedAt: instant('posted_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('accumulator_entry_key').on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket, t.id),
    index('accumulator_entry_dispense').on(t.tenantId, t.dispenseId),
    index('accumulator_entry_line').on(t.tenantId, t.invoiceLineId),
  ],
);

/** Balance of each account of a key: the sum of its postings, kept in the transaction that posts. */
export const accumulatorBalance = pgTable(
  'accumulator_balance',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    ...ledgerKey(),
    dispensed: units('dispensed').notNull(),
    available: units('available').notNull(),
    onOrder: units('on_order').notNull(),
    replenished: units('replenished').notNull(),
    adjustment: units('adjustment').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('accumulator_balance_key').on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket),
  ],
);

/** Which supply line repays which dispense, and how much of it (12.34). Superseded rows stay as history. */
export const allocation = pgTable(
  'allocation',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    ...ledgerKey(),
    dispenseId: uuid('dispense_id').notNull(),
    invoiceLineId: uuid('invoice_line_id').notNull(),
    quantity: units('quantity').notNull(),
    allocatedAt: instant('allocated_at').notNull(),
    supersededAt: instant('superseded_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index('allocation_key')
      .on(t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket)
      .where(sql`superseded_at is null`),
    index('allocation_dispense')
      .on(t.tenantId, t.dispenseId)
      .where(sql`superseded_at is null`),
    index('allocation_line')
      .on(t.tenantId, t.invoiceLineId)
      .where(sql`superseded_at is null`),
  ],
);
