/**
 * What a stage is: a function that takes one batch of waiting work of one tenant, does it and marks it done in one
 * transaction, and says how much it did. `src/pipeline.ts` lists the stages; the worker calls each until it answers 0.
 */
import type { Format } from '../../adapters/contract.ts';
import type { Database } from './client.ts';
import type { TenantId } from './tenant.ts';

/** The tenant whose work is done. */
export interface Tenant {
  id: TenantId;
  name: string;
  /** IANA zone of its calendar. */
  zone: string;
}

/** All that a stage may use besides its tables. */
export interface StageContext {
  /** Pool of the runtime role `hub_ingest`. */
  db: Database;
  tenant: Tenant;
  /** All tenants: public reference data marks work for each of them. */
  tenants: readonly Tenant[];
  /** The injected clock; decisions never read another one. */
  clock: () => Date;
  /** The adapter registry, by format name. */
  formats: ReadonlyMap<string, Format>;
}

/** One stage of the pipeline. */
export interface Stage {
  /** `normalize`, `decide` ... */
  name: string;
  /** Does one batch; resolves to the number of keys or payloads done, 0 = nothing waited. */
  run(context: StageContext): Promise<number>;
}
