/** Who a request is answered for. Only the authenticator makes a Scope, so holding one proves that a key was checked. */
import type { TenantId } from '../db/tenant.ts';
import { ROLE_CLASSES, type DataClass, type Role } from './classes.ts';

/** Tenant, key and role of an authenticated request, with the data classes the role reads. */
export interface Scope {
  readonly tenantId: TenantId;
  readonly keyId: string;
  readonly role: Role;
  readonly classes: ReadonlySet<DataClass>;
  readonly scope: unique symbol;
}

/** Brands a scope. Called by the authenticator, and by tests that stand for it. */
export const makeScope = (tenantId: TenantId, keyId: string, role: Role): Scope =>
  ({ tenantId, keyId, role, classes: new Set(ROLE_CLASSES[role]) }) as unknown as Scope;
