/** How each feed of a tenant stands: last data, lag against its promise, counts (DOMAIN.md 9). */
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';

const FEED_HEALTH = statement(import.meta.url, 'feed-health.sql');

/** FRESH within its promise, LATE beyond `warn`, SILENT beyond `error` or never heard, FAILING when payloads are quarantined, PAUSED. */
export type Health = 'FRESH' | 'LATE' | 'SILENT' | 'FAILING' | 'PAUSED';

/** A feed's figures. Times in seconds; counts since the feed was declared. */
export interface FeedHealth {
  tenant: string;
  name: string;
  kind: string;
  format: string;
  transport: string;
  health: Health;
  lastReceivedAt: string | null;
  lagSeconds: number | null;
  slaSeconds: number | null;
  payloads: number;
  waiting: number;
  records: number;
  accepted: number;
  rejected: number;
  duplicate: number;
  ignored: number;
  /** Senders' connections to all hubs that listen for it; null = none listens. */
  connections: number | null;
}

/** Health of all feeds of a tenant at `now`. */
export async function feedHealth(db: Database, tenant: Tenant, now: Date): Promise<FeedHealth[]> {
  const rows = await withTenant(
    db,
    tenant.id,
    (tx) => run<Omit<FeedHealth, 'tenant'>>(tx, FEED_HEALTH, [tenant.id, now.toISOString()]),
    { readOnly: true },
  );
  return rows.map((row) => ({ tenant: tenant.name, ...row }));
}
