/** How the payloads of a tenant are to be read. */
import type { StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantTransaction } from '../db/tenant.ts';
import type { FeedSettings } from './batch.ts';
import { PUBLIC_TENANT } from './public-tenant.ts';
import type { Reader } from './read-payload.ts';

const FEEDS = statement(import.meta.url, 'read-feeds.sql');

/** The feeds as they are declared now, with the registry of formats. */
export async function readerOf(tx: TenantTransaction, context: StageContext): Promise<Reader> {
  const feeds = await run<FeedSettings>(tx, FEEDS, [tx.tenantId]);
  return {
    feeds: new Map(feeds.map((feed) => [feed.name, feed])),
    formats: context.formats,
    mayReadPublicData: context.tenant.name === PUBLIC_TENANT,
  };
}
