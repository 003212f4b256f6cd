/** The owner of the raw files of public data, and how a transaction of its visits other tenants. */
import type { TenantId, TenantTransaction } from '../db/tenant.ts';

/** Owner of the raw files of public feeds. */
export const PUBLIC_TENANT = 'public';

/** From here on row-level security shows the rows of another tenant. */
export const becomeTenant = (tx: TenantTransaction, tenant: TenantId): Promise<unknown> =>
  tx.query('select set_config($1, $2, true)', ['hub.tenant', tenant], { name: 'normalize/become-tenant' });
