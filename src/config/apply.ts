/** Writes the configuration into the tables that stages and readers look at: tenants, entities, feeds, policies. */
import type { Tenant } from '../db/stage.ts';
import type { Database, Transaction } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant, type TenantId } from '../db/tenant.ts';
import { withoutSecrets } from './compare.ts';
import { formatOf, transportOf, type Configuration } from './load.ts';
import type { FeedConfig } from './schema.ts';

const UPSERT_TENANT = statement(import.meta.url, 'upsert-tenant.sql');
const REPLACE_ENTITIES = statement(import.meta.url, 'replace-entities.sql');
const UPSERT_FEED = statement(import.meta.url, 'upsert-feed.sql');
const UPSERT_POLICY = statement(import.meta.url, 'upsert-policy.sql');
const MARK_ALL = statement(import.meta.url, 'mark-all.sql');

/** The tenant that owns the raw files of public reference feeds. */
export const PUBLIC_TENANT = 'public';

/**
 * Applies a configuration; what is applied twice changes nothing. A changed entity list or policy marks everything for
 * decision.
 * @returns all tenants, the public one included, by name.
 */
export async function applyConfiguration(db: Database, configuration: Configuration, now: Date): Promise<Tenant[]> {
  const declared = [
    { name: PUBLIC_TENANT, title: 'Public reference data', zone: 'UTC', entities: [] as string[], policy: undefined },
    ...configuration.hub.tenants,
  ];
  const tenants: Tenant[] = [];
  for (const one of declared) {
    const [row] = await db.transaction((tx) =>
      run<{ id: string }>(tx, UPSERT_TENANT, [newId(), one.name, one.title ?? one.name, one.zone]),
    );
    if (row === undefined) throw new Error(`tenant ${one.name} could not be stored`);
    const tenant: Tenant = { id: row.id as TenantId, name: one.name, zone: one.zone };
    tenants.push(tenant);
    await withTenant(db, tenant.id, async (tx) => {
      const changes = await run(tx, REPLACE_ENTITIES, [tenant.id, one.entities]);
      const { validFrom = '2000-01-01', approvedBy = 'configuration', ...parameters } = one.policy ?? {};
      const policies =
        one.name === PUBLIC_TENANT
          ? []
          : await run(tx, UPSERT_POLICY, [
              tenant.id,
              newId(),
              validFrom,
              JSON.stringify({ zone: one.zone, ...parameters }),
              approvedBy,
              now.toISOString(),
            ]);
      if (changes.length + policies.length > 0) await run(tx, MARK_ALL, [tenant.id, newId()]);
    });
  }
  await applyFeeds(db, configuration, tenants, now);
  return tenants;
}

async function applyFeeds(
  db: Database,
  { feeds, declared }: Configuration,
  tenants: Tenant[],
  now: Date,
): Promise<void> {
  for (const feed of feeds) {
    const tenant = tenants.find((one) => one.name === feed.tenant);
    if (tenant !== undefined)
      await withTenant(db, tenant.id, (tx) =>
        applyFeed(tx, tenant.id, feed, withoutSecrets(declared?.get(feed.feed)), now),
      );
  }
}

/** Stores one feed; `declared` is its file without secrets. */
export async function applyFeed(
  tx: Transaction,
  tenant: TenantId,
  feed: FeedConfig,
  declared: unknown,
  now: Date,
): Promise<void> {
  const format = formatOf(feed);
  await run(tx, UPSERT_FEED, [
    tenant,
    feed.feed,
    feed.kind,
    format.name,
    transportOf(feed),
    feed.sourceSystem ?? feed.feed,
    feed.serves,
    feed.timezone,
    JSON.stringify(format.options),
    feed.freshness.warn_after ?? null,
    feed.freshness.error_after ?? null,
    declared === undefined ? null : JSON.stringify(declared),
    now.toISOString(),
    feed.outbound.acknowledgedWithin,
  ]);
}
