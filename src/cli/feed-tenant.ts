/** Whose feed a name is: commands name feeds, the tenant follows from them. */
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';
import { UsageError } from './output.ts';
import type { Session } from './session.ts';

const FIND_FEED = statement(import.meta.url, 'find-feed.sql');

/** @throws UsageError that lists the feeds when none has this name. */
export async function feedTenant(session: Session, feed: string): Promise<Tenant> {
  const known: string[] = [];
  for (const tenant of session.tenants) {
    const rows = await withTenant(session.ingest, tenant.id, (tx) => run<{ name: string }>(tx, FIND_FEED, [tenant.id]));
    if (rows.some((row) => row.name === feed)) return tenant;
    known.push(...rows.map((row) => row.name));
  }
  throw new UsageError(`feed "${feed}" is unknown; known: ${known.join(', ')}`);
}
