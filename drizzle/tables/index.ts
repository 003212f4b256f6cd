/** All tables, for drizzle-kit, the read model's start-up check and the registry. */
export * from './claims.ts';
export * from './ehr.ts';
export * from './ehr-resources.ts';
export * from './exceptions.ts';
export * from './imports.ts';
export * from './intake.ts';
export * from './invoices.ts';
export * from './ledger.ts';
export * from './master.ts';
export * from './messages.ts';
export * from './orders.ts';
export * from './reference.ts';
export * from './work.ts';
export * from './interfaces.ts';
