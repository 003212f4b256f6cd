/**
 * Work that waits, as rows. Normalizing writes `change` in the transaction of the facts; deciding expands changes to
 * prescriptions at a pharmacy (`decision_work`) only after that transaction is visible, so that no fact slips between
 * two workers. Whoever marks a key uses ON CONFLICT DO UPDATE: the row lock makes a worker wait for the marker's commit.
 */
import { index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, tenantId } from './columns.ts';

/**
 * Facts that came or changed together: `kind` says of what kind (`PATIENT`, `ROSTER`, `DRUG` ...), `keys` which ones. Many to a
 * row, because a row for each costs a claim file more than two indexes do.
 */
export const change = pgTable(
  'change',
  {
    tenantId: tenantId(),
    id: uuid('id').notNull(),
    kind: text('kind').notNull(),
    /** Never empty. */
    keys: text('keys').array().notNull(),
    /** File of master or reference data that they came by; what they mark is counted for it. Null = other facts. */
    rawId: uuid('raw_id'),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
);

/** Prescriptions at a pharmacy whose claims must be folded and whose dispenses must be decided (again). */
export const decisionWork = pgTable(
  'decision_work',
  {
    tenantId: tenantId(),
    ncpdp: text('ncpdp').notNull(),
    rxNumber: text('rx_number').notNull(),
    /** Kind of the change that marked it last. */
    cause: text('cause').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.ncpdp, t.rxNumber] })],
);

/** Ledger keys whose postings must be compared with what should be. */
export const accumulatorWork = pgTable(
  'accumulator_work',
  {
    tenantId: tenantId(),
    entity: text('entity').notNull(),
    ncpdp: text('ncpdp').notNull(),
    ndc11: text('ndc11').notNull(),
    bucket: text('bucket').notNull(),
    cause: text('cause').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket] })],
);

/** Invoices (by number at an account) whose lines must be resolved and matched (again). */
export const invoiceWork = pgTable(
  'invoice_work',
  {
    tenantId: tenantId(),
    wholesaler: text('wholesaler').notNull(),
    accountNumber: text('account_number').notNull(),
    invoiceNumber: text('invoice_number').notNull(),
    cause: text('cause').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.wholesaler, t.accountNumber, t.invoiceNumber] })],
);

/** Ledger keys whose supply must be allocated (again). */
export const allocationWork = pgTable(
  'allocation_work',
  {
    tenantId: tenantId(),
    entity: text('entity').notNull(),
    ncpdp: text('ncpdp').notNull(),
    ndc11: text('ndc11').notNull(),
    bucket: text('bucket').notNull(),
    cause: text('cause').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.entity, t.ncpdp, t.ndc11, t.bucket] })],
);

/** Exception subjects whose causes changed: their case opens or closes. */
export const exceptionWork = pgTable(
  'exception_work',
  {
    tenantId: tenantId(),
    code: text('code').notNull(),
    subject: text('subject').notNull(),
    cause: text('cause').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.code, t.subject] })],
);

/** Guards pollers among several hubs: owner, fencing token, expiry (SCALE-OUT 10). Not tenant data. */
export const lease = pgTable('lease', {
  name: text('name').primaryKey(),
  owner: text('owner').notNull(),
  token: text('token').notNull(),
  expiresAt: instant('expires_at').notNull(),
});

/** API keys, hashed. Looked up before the tenant is known, hence outside row-level security (no `tenant_id` column). */
export const apiKey = pgTable(
  'api_key',
  {
    keyId: text('key_id').primaryKey(),
    /** Tenant whose data the key opens. */
    forTenant: uuid('for_tenant').notNull(),
    name: text('name').notNull(),
    role: text('role').notNull(),
    sha256: text('sha256').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [unique('api_key_name').on(t.forTenant, t.name), index('api_key_tenant').on(t.forTenant)],
);
