/** Who is connected to the feeds, as the hubs that listen for them have last said (src/receive/listener-states.ts). */
import type { Database } from '../db/client.ts';
import type { Tenant } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { withTenant } from '../db/tenant.ts';

const LISTENERS = statement(import.meta.url, 'list-listeners.sql');

/** A sender of a feed at one hub. Counts begin with the hub's start. */
interface ConnectedSender {
  sender: string;
  connections: number;
  since: string | null;
  lastMessageAt: string | null;
  messages: number;
  bytes: number;
  refused: number;
}

/** A hub that listens for a feed. */
export interface FeedListener {
  tenant: string;
  feed: string;
  hub: string;
  port: number;
  startedAt: string;
  seenAt: string;
  /** It has said how it is in the last thirty seconds. */
  live: boolean;
  connections: number;
  messages: number;
  bytes: number;
  brokenFrames: number;
  refusals: { kind: 'MESSAGE' | 'CALLER'; reason: string; count: number }[];
  certificateEndsAt: string | null;
  certificateProblem: string;
  senders: ConnectedSender[];
}

/** The listeners of a tenant's feeds at `now`, also of hubs that stopped in the last day. */
export async function listenersOf(
  db: Database,
  tenant: Pick<Tenant, 'id' | 'name'>,
  now: Date,
): Promise<FeedListener[]> {
  const rows = await withTenant(
    db,
    tenant.id,
    (tx) => run<Omit<FeedListener, 'tenant'>>(tx, LISTENERS, [tenant.id, now.toISOString()]),
    { readOnly: true },
  );
  // Instants inside of JSON come as PostgreSQL writes them.
  const instant = (text: string | null): string | null => (text === null ? null : new Date(text).toISOString());
  const senderOf = (one: ConnectedSender): ConnectedSender => ({
    ...one,
    since: instant(one.since),
    lastMessageAt: instant(one.lastMessageAt),
  });
  return rows.map((row) => ({ tenant: tenant.name, ...row, senders: row.senders.map(senderOf) }));
}
