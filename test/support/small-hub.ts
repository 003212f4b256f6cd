/**
 * The whole pipeline over a test database without transports: facts are stored once with fixed receipt times, then processed
 * in any order one likes. What is tested with it is that the order never matters.
 */
import { FORMATS } from '../../adapters/index.ts';
import { REGISTRY } from '../../drizzle/registry.ts';
import { digestAll } from '../../src/rebuild.ts';
import { combine, digestLines, type DigestPart } from '../../src/audit/digest.ts';
import { checkLaws } from '../../src/audit/laws.ts';
import { applyConfiguration } from '../../src/config/apply.ts';
import type { Configuration } from '../../src/config/load.ts';
import type { Database } from '../../src/db/client.ts';
import type { StageContext, Tenant } from '../../src/db/stage.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { PIPELINE } from '../../src/pipeline.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { drain } from '../../src/worker.ts';

/** A payload and the feed it comes by. */
export interface FeedDelivery {
  feed: string;
  controlId: string;
  name: string;
  bytes: Uint8Array;
}

/** Stores the configuration and the payloads, one second apart from `start`. */
export async function storeFacts(
  db: Database,
  configuration: Configuration,
  deliveries: readonly FeedDelivery[],
  start: Date,
): Promise<Tenant[]> {
  const tenants = await applyConfiguration(db, configuration, start);
  const tenantOf = new Map(
    configuration.feeds.map((feed) => [feed.feed, tenants.find((tenant) => tenant.name === feed.tenant)]),
  );
  let at = start.getTime();
  const receiver = createReceiver(db, { clock: () => new Date((at += 1000)) });
  await Promise.all(
    deliveries.map(({ feed, ...delivery }) => {
      const tenant = tenantOf.get(feed);
      if (tenant === undefined) throw new Error(`no feed ${feed}`);
      return receiver.receive(tenant.id, feed, delivery);
    }),
  );
  return tenants;
}

/** One context per tenant, the public one first, with a fixed clock. */
export const contextsOf = (db: Database, tenants: readonly Tenant[], now: Date): StageContext[] =>
  [...tenants]
    .sort((a, b) => Number(b.name === 'public') - Number(a.name === 'public'))
    .map((tenant) => ({ db, tenant, tenants, clock: () => now, formats: FORMATS }));

/** Works until nothing waits in any tenant. */
export async function settle(contexts: readonly StageContext[]): Promise<void> {
  for (let done = 1; done > 0;) {
    done = 0;
    for (const context of contexts) done += await drain(PIPELINE, context);
  }
}

/** Breaches of all laws, and the digest with its parts. */
export async function stateOf(
  db: Database,
  tenants: readonly Tenant[],
): Promise<{ digest: string; parts: DigestPart[]; breaches: string[] }> {
  const breaches: string[] = [];
  for (const tenant of tenants) {
    const laws = await withTenant(db, tenant.id, (tx) => checkLaws(tx, tenant));
    breaches.push(...laws.flatMap((law) => law.breaches.map((breach) => `${tenant.name} ${law.law}: ${breach}`)));
  }
  const parts = await db.transaction((tx) => digestAll(tx, tenants));
  return { digest: combine(parts), parts, breaches };
}

/** Every line of the state, to say how two states differ. */
export async function linesOf(db: Database, tenants: readonly Tenant[]): Promise<Set<string>> {
  const lines = new Set<string>();
  for (const tenant of tenants)
    for (const line of await withTenant(db, tenant.id, (tx) => digestLines(tx, tenant))) lines.add(line);
  return lines;
}

/** What no processing makes: facts, and what is neither derived nor a fact. */
const KEPT = [
  'tenant',
  'tenant_entity',
  'feed',
  'feed_cursor',
  'policy_version',
  'feed_decision',
  'outbound_file',
  'raw_message',
  'raw_receipt',
  'raw_state',
  'message_edit',
  'message_replay',
  'edi_interchange',
  'lease',
  'api_key',
  'schema_migration',
];

/** Throws all derived rows away and makes every payload pending again. Needs the owner. */
export async function forgetDerived(owner: Database): Promise<void> {
  const derived = Object.keys(REGISTRY).filter((table) => !KEPT.includes(table));
  await owner.query(`truncate ${derived.join(', ')}`);
  await owner.query(
    `update raw_state set state = 'PENDING', attempts = 0, records = 0, accepted = 0, rejected = 0, duplicate = 0, ignored = 0, processed_at = null`,
  );
}

/**
 * Releases the stored payloads in an arbitrary order: everything is set aside, then random portions become pending while
 * random stages of random tenants run a batch in between.
 */
export async function processPermuted(contexts: readonly StageContext[], random: () => number): Promise<void> {
  const aside: { context: StageContext; rawId: string }[] = [];
  for (const context of contexts) {
    const rows = await withTenant(context.db, context.tenant.id, (tx) =>
      tx.query<{ raw_id: string }>(
        `update raw_state set state = 'HELD' where tenant_id = $1::uuid and state = 'PENDING' returning raw_id`,
        [context.tenant.id],
      ),
    );
    aside.push(...rows.map((row) => ({ context, rawId: row.raw_id })));
  }
  for (let index = aside.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [aside[index], aside[other]] = [aside[other]!, aside[index]!];
  }
  while (aside.length > 0) {
    const portion = aside.splice(0, 1 + Math.floor(random() * Math.max(8, aside.length / 3)));
    for (const context of contexts) {
      const ids = portion.filter((one) => one.context === context).map((one) => one.rawId);
      if (ids.length > 0)
        await withTenant(context.db, context.tenant.id, (tx) =>
          tx.query(`update raw_state set state = 'PENDING' where tenant_id = $1::uuid and raw_id = any($2::uuid[])`, [
            context.tenant.id,
            ids,
          ]),
        );
    }
    for (let step = Math.floor(random() * 6); step > 0; step -= 1) {
      const context = contexts[Math.floor(random() * contexts.length)];
      const stage = PIPELINE[Math.floor(random() * PIPELINE.length)];
      if (context !== undefined && stage !== undefined) await stage.run(context);
    }
  }
  await settle(contexts);
}
