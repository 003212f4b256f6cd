/**
 * Rebuilds the whole derived state from facts (raw payloads, tenants, feeds, policies) in an empty schema beside the live one
 * and compares digests: `hub verify --rebuild`. The live digest and the facts are read in one snapshot that is taken when
 * nothing waits, so a hub that goes on receiving does not disturb it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Format } from '../adapters/contract.ts';
import { combine, digestReference, digestTenant, type DigestPart } from './audit/digest.ts';
import { connect, type Database, type Queryable, type Transaction } from './db/client.ts';
import { migrate } from './db/migrate.ts';
import type { OpenedDatabase } from './db/open.ts';
import type { StageContext, Tenant } from './db/stage.ts';
import { run, statement } from './db/statement.ts';
import { PIPELINE } from './pipeline.ts';
import { drain } from './worker.ts';

/** Schema of the rebuilt copy; dropped afterwards. */
const REBUILD_SCHEMA = 'hub_rebuild';
const WAITING = statement(import.meta.url, 'audit/waiting.sql');
/** Facts, copied as they stand; `raw_state` is copied apart, with everything pending again. */
const FACT_TABLES = [
  'tenant_entity',
  'feed',
  'policy_version',
  'raw_message',
  'raw_chunk',
  'raw_receipt',
  'message_edit',
  'edi_interchange',
];
const QUIET_TRIES = 240;
const QUIET_PAUSE_MS = 250;

/** Outcome of a rebuild. */
export interface RebuildResult {
  live: DigestPart[];
  rebuilt: DigestPart[];
  liveDigest: string;
  rebuiltDigest: string;
  identical: boolean;
  payloads: number;
  seconds: number;
}

const asTenant = (tx: Queryable, tenant: Tenant): Promise<unknown> =>
  tx.query(`select set_config('hub.tenant', $1, true)`, [tenant.id]);

/** Digest of everything, inside one transaction that visits the tenants one after the other. */
export async function digestAll(tx: Queryable, tenants: readonly Tenant[]): Promise<DigestPart[]> {
  const parts: DigestPart[] = [await digestReference(tx)];
  for (const tenant of tenants) {
    await asTenant(tx, tenant);
    parts.push(...(await digestTenant(tx, tenant)));
  }
  return parts;
}

/** How much waits for any stage, over all tenants. */
async function waiting(tx: Queryable, tenants: readonly Tenant[]): Promise<number> {
  let total = 0;
  for (const tenant of tenants) {
    await asTenant(tx, tenant);
    const [row] = await run<{ waiting: number }>(tx, WAITING, [tenant.id]);
    total += row?.waiting ?? 0;
  }
  return total;
}

/** The same in a transaction of its own. */
export const waitingWork = (db: Database, tenants: readonly Tenant[]): Promise<number> =>
  db.transaction((tx) => waiting(tx, tenants), { readOnly: true });

/**
 * Runs `work` in one repeatable-read snapshot in which nothing waits for any stage.
 * @throws when the pipeline does not come to rest within a minute.
 */
export async function inQuietSnapshot<T>(
  db: Database,
  tenants: readonly Tenant[],
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < QUIET_TRIES; attempt += 1) {
    const outcome = await db.transaction(
      async (tx) => ((await waiting(tx, tenants)) === 0 ? { result: await work(tx) } : null),
      { isolation: 'repeatable read', readOnly: true },
    );
    if (outcome !== null) return outcome.result;
    await sleep(QUIET_PAUSE_MS);
  }
  throw new Error('work is still waiting after a minute: is a stage failing? "hub feed list" and the log tell');
}

async function copyFacts(
  owner: Database,
  snapshot: string,
  schema: string,
  tenants: readonly Tenant[],
): Promise<number> {
  return owner.transaction(
    async (tx) => {
      await tx.query(`set transaction snapshot '${snapshot.replaceAll(/[^0-9A-F-]/gi, '')}'`);
      await tx.query(`insert into ${REBUILD_SCHEMA}.tenant select * from ${schema}.tenant`);
      let payloads = 0;
      for (const tenant of tenants) {
        await asTenant(tx, tenant);
        for (const table of FACT_TABLES)
          await tx.query(
            `insert into ${REBUILD_SCHEMA}.${table} select * from ${schema}.${table} where tenant_id = $1::uuid`,
            [tenant.id],
          );
        const copied = await tx.query(
          `insert into ${REBUILD_SCHEMA}.raw_state (tenant_id, raw_id, month, feed, received_at, parts)
           select tenant_id, raw_id, month, feed, received_at, parts from ${schema}.raw_state where tenant_id = $1::uuid returning 1`,
          [tenant.id],
        );
        payloads += copied.length;
      }
      return payloads;
    },
    { isolation: 'repeatable read' },
  );
}

async function dropRebuild(owner: Database): Promise<void> {
  await owner.query(`drop schema if exists ${REBUILD_SCHEMA} cascade`);
}

/**
 * Processes the copied facts. The whole of one stage is drained before the next begins, with fresh statistics in between:
 * a schema that is filled within seconds has none, and would be scanned row by row.
 */
async function process(owner: Database, contexts: readonly StageContext[]): Promise<void> {
  await owner.query('analyze');
  const [first, ...others] = contexts;
  for (const stage of PIPELINE) {
    // The public tenant first: its reference data marks work for all others, which then run side by side.
    if (first !== undefined) await drain([stage], first);
    await Promise.all(others.map((context) => drain([stage], context)));
    await owner.query('analyze');
  }
  // What later stages marked for earlier ones: nothing, or a short tail.
  for (let done = 1; done > 0;) {
    done = 0;
    for (const context of contexts) done += await drain(PIPELINE, context);
  }
}

/** Rebuilds and compares. Needs the owner login: the copy is a schema of its own. */
export async function rebuild(
  opened: OpenedDatabase,
  live: Database,
  tenants: readonly Tenant[],
  formats: ReadonlyMap<string, Format>,
  clock: () => Date,
): Promise<RebuildResult> {
  if (opened.ownerUrl === undefined) throw new Error('a rebuild needs the owner login: set DATABASE_OWNER_URL');
  const started = performance.now();
  const owner = connect(opened.ownerUrl, { role: 'owner', schema: REBUILD_SCHEMA, max: 1 });
  const rebuilt = connect(opened.ingestUrl, { role: 'ingest', schema: REBUILD_SCHEMA, max: 4 });
  try {
    await dropRebuild(owner);
    const now = clock();
    await migrate({ ownerUrl: opened.ownerUrl, schema: REBUILD_SCHEMA, now });
    const { parts, payloads } = await inQuietSnapshot(live, tenants, async (tx) => {
      const [row] = await tx.query<{ id: string }>('select pg_export_snapshot() as id');
      return {
        parts: await digestAll(tx, tenants),
        payloads: await copyFacts(owner, row?.id ?? '', opened.schema, tenants),
      };
    });
    const contexts = tenants.map((tenant) => ({ db: rebuilt, tenant, tenants, clock: () => now, formats }));
    await process(owner, contexts);
    const again = await inQuietSnapshot(rebuilt, tenants, (tx) => digestAll(tx, tenants));
    const [liveDigest, rebuiltDigest] = [combine(parts), combine(again)];
    return {
      live: parts,
      rebuilt: again,
      liveDigest,
      rebuiltDigest,
      identical: liveDigest === rebuiltDigest,
      payloads,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await rebuilt.end();
    await dropRebuild(owner).finally(() => owner.end());
  }
}
