/** A feed by its name on the command line: its tenant and, where needed, its configuration. */
import { userInfo } from 'node:os';
import type { Configuration } from '../../config/load.ts';
import type { FeedConfig } from '../../config/schema.ts';
import type { Decider } from '../../db/feed-decisions.ts';
import type { Tenant } from '../../db/stage.ts';
import { run, statement } from '../../db/statement.ts';
import { withTenant } from '../../db/tenant.ts';
import { UsageError } from '../output.ts';
import { type GlobalOptions, loadFor, type Session } from '../session.ts';

const FEED_NAMES = statement(import.meta.url, 'feed-names.sql');

/** The tenant that a feed belongs to. @throws UsageError naming the known feeds. */
export async function feedTenant(session: Session, feed: string): Promise<Tenant> {
  const known: string[] = [];
  for (const tenant of session.tenants) {
    const rows = await withTenant(session.ingest, tenant.id, (tx) =>
      run<{ name: string }>(tx, FEED_NAMES, [tenant.id]),
    );
    if (rows.some((row) => row.name === feed)) return tenant;
    known.push(...rows.map((row) => row.name));
  }
  throw new UsageError(`feed "${feed}" is unknown; known: ${known.join(', ')}`);
}

/** The tenant that a configured feed names, before the feed itself is known to the database. @throws UsageError. */
export function declaredTenant(session: Session, { feed, tenant: wanted }: FeedConfig): Tenant {
  const tenant = session.tenants.find(({ name }) => name === wanted);
  if (tenant === undefined)
    throw new UsageError(`tenant "${wanted}" of ${feed} is not known to the database yet: start the hub once`);
  return tenant;
}

/** A feed as its file declares it. @throws UsageError naming the known feeds. */
export function declaredFeed(options: GlobalOptions, name: string): { feed: FeedConfig; configuration: Configuration } {
  const configuration = loadFor(options);
  const { feeds } = configuration;
  const feed = feeds.find((one) => one.feed === name);
  if (feed === undefined)
    throw new UsageError(`feed "${name}" is not configured; configured: ${feeds.map((one) => one.feed).join(', ')}`);
  return { feed, configuration };
}

/** Options of every command by which a person decides something. */
export interface DecisionOptions {
  by?: string;
  reason?: string;
}

/** Who decides: `--by`, else the account that runs the command. */
export const deciderOf = ({ by, reason }: DecisionOptions): Decider => ({
  by: by ?? userInfo().username,
  reason: reason ?? '',
  now: new Date(),
});
