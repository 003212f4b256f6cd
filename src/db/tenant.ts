/**
 * Tenants are kept apart twice: every statement names its tenant (`tenant_id = $1::uuid`), and row-level security compares
 * each row with the transaction's `hub.tenant`. This file sets the second and spells the first.
 */
import type { Database, Rows, Transaction, TransactionOptions } from './client.ts';
import { withoutTenantFilter } from './sabotage.ts';

/** A tenant's id that came from the configuration or the authenticator, never from a message or a request argument. */
export type TenantId = string & { readonly tenantId: unique symbol };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Brands a tenant id. Throws when it is not a lower-case UUID (its text is not repeated: it may be anything). */
export function tenantId(text: string): TenantId {
  if (!UUID.test(text)) throw new Error('a tenant id is a UUID in lower case');
  return text as TenantId;
}

/** A transaction in which row-level security shows the rows of one tenant only. */
export interface TenantTransaction extends Transaction {
  readonly tenantId: TenantId;
}

/**
 * Runs `work` in one transaction of one tenant. BEGIN, the tenant setting and the first statement travel together; the
 * setting ends with the transaction, so a connection in the pool belongs to no tenant.
 */
export function withTenant<T>(
  db: Database,
  tenant: TenantId,
  work: (tx: TenantTransaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return db.transaction((tx) => work(Object.assign(tx, { tenantId: tenant })), {
    ...options,
    settings: { ...options.settings, 'hub.tenant': tenant },
  });
}

/**
 * One read-only statement of one tenant in one round trip. `params[0]` must be the tenant, as in every statement; it is put
 * there by this function.
 */
export async function readTenant<Row = Record<string, unknown>>(
  db: Database,
  tenant: TenantId,
  text: string,
  params: readonly unknown[] = [],
  name?: string,
): Promise<Rows<Row>> {
  const [rows] = await db.batch([{ text, params: [tenant, ...params], options: { name } }], {
    readOnly: true,
    settings: { 'hub.tenant': tenant },
  });
  return rows as unknown as Rows<Row>;
}

/** `d.tenant_id = $1::uuid`, for SQL that is compiled at run time. `alias` is a name of ours, never input. */
export const tenantPredicate = (alias: string): string => withoutTenantFilter(`${alias}.tenant_id = $1::uuid`);
