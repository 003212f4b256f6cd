/**
 * The traffic around orders, as documents: what wholesalers answer (855, 856), what they acknowledge (997, 999, TA1), which
 * groups of theirs we answer with a 997, and the control numbers that we have given out. What the answers do to an order is
 * the order stage's to decide; here they are only kept.
 */
import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { day, instant, provenance, tenantId } from './columns.ts';

/** An order acknowledgement, or what a ship notice says of one order. Every different content is kept. */
export const orderDocument = pgTable(
  'order_document',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    /** ACKNOWLEDGEMENT or SHIP_NOTICE. */
    kind: text('kind').notNull(),
    wholesaler: text('wholesaler').notNull(),
    accountNumber: text('account_number').notNull(),
    documentNumber: text('document_number').notNull(),
    purchaseOrder: text('purchase_order').notNull(),
    documentDate: day('document_date'),
    /** 00 original, 01 cancel, 05 replace. */
    purpose: text('purpose').notNull(),
    /** BAK02: AC, AD, AK, AT, RJ. */
    response: text('response').notNull(),
    /** Creation of the interchange (GS-04/05), else the receipt. */
    createdAt: instant('created_at').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** SHA-256 of what it says: the same content sent again is a duplicate. */
    contentHash: text('content_hash').notNull(),
    /** OrderDocumentLine[] as received. */
    lines: jsonb('lines').notNull(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // Also finds the answers to an order of ours.
    unique('order_document_version').on(
      t.tenantId,
      t.purchaseOrder,
      t.wholesaler,
      t.accountNumber,
      t.kind,
      t.documentNumber,
      t.contentHash,
    ),
  ],
);

/** A functional or interchange acknowledgement received; reconciled with `edi_interchange` by partner and control number. */
export const ediAcknowledgement = pgTable(
  'edi_acknowledgement',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    /** ISA06 of the partner. */
    partner: text('partner').notNull(),
    /** 997, 999 or TA1. */
    kind: text('kind').notNull(),
    /** GS01 of the group acknowledged; '' for a TA1. */
    functionalCode: text('functional_code').notNull(),
    /** Of the group or interchange acknowledged, without leading zeros. */
    controlNumber: text('control_number').notNull(),
    /** A, E, P, R as sent. */
    status: text('status').notNull(),
    setsIncluded: integer('sets_included'),
    setsReceived: integer('sets_received'),
    setsAccepted: integer('sets_accepted'),
    notes: text('notes').array().notNull(),
    /** AcknowledgedSet[]. */
    sets: jsonb('sets').notNull(),
    createdAt: instant('created_at').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    contentHash: text('content_hash').notNull(),
    ...provenance(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('edi_acknowledgement_version').on(
      t.tenantId,
      t.partner,
      t.controlNumber,
      t.functionalCode,
      t.kind,
      t.contentHash,
    ),
  ],
);

/** A functional group received from a partner who expects a 997. */
export const ediGroup = pgTable(
  'edi_group',
  {
    tenantId: tenantId(),
    rawId: uuid('raw_id').notNull(),
    position: text('position').notNull(),
    feed: text('feed').notNull(),
    receivedAt: instant('received_at').notNull(),
    partner: text('partner').notNull(),
    functionalCode: text('functional_code').notNull(),
    controlNumber: text('control_number').notNull(),
    /** FunctionalGroupRecord: what the 997 is written from. */
    body: jsonb('body').notNull(),
    /** WAITING, ANSWERED, or UNANSWERABLE (its numbers cannot be repeated in a 997). */
    state: text('state').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.rawId, t.position] }),
    index('edi_group_waiting')
      .on(t.tenantId, t.rawId)
      .where(sql`state = 'WAITING'`),
  ],
);

/**
 * Interchanges that the hub has written, and so the control numbers that are taken: a fact of its own, append-only, which no
 * rebuild makes again.
 */
export const ediInterchange = pgTable(
  'edi_interchange',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    /** ISA08: whom it is for. Numbers run by partner. */
    partner: text('partner').notNull(),
    serial: integer('serial').notNull(),
    /** The serial as text: what acknowledgements name. */
    controlNumber: text('control_number').notNull(),
    /** GS01: FA for a 997, PO for orders. */
    functionalCode: text('functional_code').notNull(),
    /** Feed whose partner gets it. */
    feed: text('feed').notNull(),
    createdAt: instant('created_at').notNull(),
    /** What it answers: a group that we received. Null = nothing. */
    answersRawId: uuid('answers_raw_id'),
    answersPosition: text('answers_position'),
    /** The interchange as written. */
    content: text('content').notNull(),
    /** True = a partner's 997 is expected: acknowledgements are not acknowledged. */
    expectsAcknowledgement: boolean('expects_acknowledgement').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('edi_interchange_serial').on(t.tenantId, t.partner, t.serial),
    index('edi_interchange_number').on(t.tenantId, t.partner, t.controlNumber),
    // One answer for each group.
    unique('edi_interchange_answers').on(t.tenantId, t.answersRawId, t.answersPosition),
  ],
);
