/** The policy version in force for a tenant, over the defaults of src/model/policy.ts. */
import { dateIn } from '../model/calendar.ts';
import { DEFAULT_POLICY, type Policy } from '../model/policy.ts';
import type { Queryable } from './client.ts';
import type { Tenant } from './stage.ts';
import { run, statement } from './statement.ts';

const LOAD_POLICIES = statement(import.meta.url, 'load-policies.sql');

/** Policy in force, the version row it came from, and the decision date (today in the tenant's zone, or `asOf`; 12.6). */
export interface PolicyInForce {
  policy: Policy;
  versionId: string | null;
  decisionDate: string;
}

/** Reads the policy in force at `now` (instant). */
export async function policyInForce(on: Queryable, tenant: Tenant, now: string): Promise<PolicyInForce> {
  const today = dateIn(now, tenant.zone);
  const rows = await run<{ id: string; parameters: Partial<Policy> }>(on, LOAD_POLICIES, [tenant.id, today]);
  const policy: Policy = { ...DEFAULT_POLICY, zone: tenant.zone, ...rows[0]?.parameters };
  return { policy, versionId: rows[0]?.id ?? null, decisionDate: policy.asOf ?? today };
}
