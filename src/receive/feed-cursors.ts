/** How far feeds that ask (FHIR) have read, in the database: after a restart they go on there. */
import type { Database } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { run, statement } from '../db/statement.ts';
import { readTenant, type TenantId, withTenant } from '../db/tenant.ts';

const READ = statement(import.meta.url, 'read-cursor.sql');
const MOVE = statement(import.meta.url, 'move-cursor.sql');

/** Positions of one feed, by scope. */
export interface FeedCursors {
  read(scope: string): Promise<string | null>;
  /** Resolves after commit. Written only after everything before the position is stored. */
  write(scope: string, position: string): Promise<void>;
}

/** The positions of a tenant's feed. */
export const feedCursors = (db: Database, tenant: TenantId, feed: string, clock: () => Date): FeedCursors => ({
  async read(scope) {
    const [row] = await readTenant<{ position: string }>(db, tenant, READ.text, [feed, scope], READ.name);
    return row?.position ?? null;
  },
  async write(scope, position) {
    await withTenant(db, tenant, (tx) => run(tx, MOVE, [tenant, feed, scope, position, clock().toISOString()]));
    fault.point('fhir-watermark-moved');
  },
});
