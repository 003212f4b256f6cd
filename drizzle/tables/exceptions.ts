/** Exception cases (DOMAIN 8): each stands on causes; with the last cause gone the case closes by itself. */
import { index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, money, tenantId } from './columns.ts';

/** Why a case is open: one row per thing that raises it. */
export const exceptionCause = pgTable(
  'exception_cause',
  {
    tenantId: tenantId(),
    code: text('code').notNull(),
    /** Natural key of the case (12.40). */
    subject: text('subject').notNull(),
    /** What raises it: `dispense:<id>`, `encounter:<id>`, `raw:<id>#<ordinal>`, `invoice_line:<id>`, `ledger:<key>`. */
    source: text('source').notNull(),
    /** Sentence without patient values. */
    detail: text('detail').notNull(),
    dollars: money('dollars'),
    dispenseId: uuid('dispense_id'),
    invoiceLineId: uuid('invoice_line_id'),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.code, t.subject, t.source] }),
    // Replacing what one source raises.
    index('exception_cause_source').on(t.tenantId, t.source),
    index('exception_cause_dispense').on(t.tenantId, t.dispenseId),
    index('exception_cause_line').on(t.tenantId, t.invoiceLineId),
  ],
);

export const exceptionCase = pgTable(
  'exception_case',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    code: text('code').notNull(),
    subject: text('subject').notNull(),
    /** HIGH, MEDIUM or LOW by code. */
    severity: text('severity').notNull(),
    /** OPEN or RESOLVED so far. */
    state: text('state').notNull(),
    detail: text('detail').notNull(),
    dollars: money('dollars'),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    dueAt: instant('due_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique('exception_case_subject').on(t.tenantId, t.code, t.subject),
    index('exception_case_state').on(t.tenantId, t.state, t.code, t.id),
  ],
);
