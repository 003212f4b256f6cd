/** What was applied last, as the database keeps it, and what a running hub should take over of it. */
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { statement } from '../db/statement.ts';
import { readTenant } from '../db/tenant.ts';
import { differences, withoutSecrets } from './compare.ts';
import type { Configuration } from './load.ts';

const APPLIED = statement(import.meta.url, 'applied-feeds.sql');
const TIMES = statement(import.meta.url, 'applied-times.sql');

/** The declarations of all feeds as last applied, secrets left out, by the feed's name. */
export async function appliedFeeds(db: Database, tenants: readonly Tenant[]): Promise<Map<string, unknown>> {
  const applied = new Map<string, unknown>();
  for (const { id } of tenants)
    for (const row of await readTenant<{ name: string; declared: unknown }>(db, id, APPLIED.text, [], APPLIED.name))
      applied.set(row.name, row.declared);
  return applied;
}

/** When everything was applied, as one text: another text = somebody has applied something. */
export async function appliedTimes(db: Database, tenants: readonly Tenant[]): Promise<string> {
  const times: unknown[] = [];
  for (const { id } of tenants) times.push(await readTenant<object>(db, id, TIMES.text, [], TIMES.name));
  return JSON.stringify(times);
}

/**
 * The configuration that a running hub should have: of each feed what its file says, if that is what was applied; else what
 * the hub has. `hub.yaml` stays as it was at the start: what the whole hub listens on and whose it is, a start decides.
 */
export function takeOver(
  current: Configuration,
  files: Configuration,
  applied: ReadonlyMap<string, unknown>,
): { configuration: Configuration; notes: string[] } {
  const notes: string[] = [];
  const tenants = new Set(['public', ...current.hub.tenants.map(({ name }) => name)]);
  const feeds = files.feeds.flatMap((feed) => {
    const had = current.feeds.find((one) => one.feed === feed.feed);
    if (!tenants.has(feed.tenant)) {
      notes.push(`feed ${feed.feed} belongs to tenant ${feed.tenant}, which this hub serves from its next start on`);
      return had ?? [];
    }
    const same =
      differences(applied.get(feed.feed) ?? null, withoutSecrets(files.declared?.get(feed.feed))).length === 0;
    if (same) return feed;
    notes.push(`feeds/${feed.feed}.yaml is not what was applied: "hub feed apply" takes it over`);
    return had ?? [];
  });
  return { configuration: { ...current, feeds }, notes };
}
