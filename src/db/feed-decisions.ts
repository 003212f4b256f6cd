/** What people decide about feeds: kept as facts with who, when and why; of each kind the last one counts. */
import type { Database } from './client.ts';
import { newId } from './ids.ts';
import { run, statement } from './statement.ts';
import { readTenant, type TenantId, type TenantTransaction } from './tenant.ts';

const INSERT = statement(import.meta.url, 'insert-decision.sql');
const LAST = statement(import.meta.url, 'last-decision.sql');
const STATE = statement(import.meta.url, 'read-feed-state.sql');

/** TRUST a host key; PAUSE and RESUME; RUN = poll now; OUTBOUND = the fate of an outbound file; SHOW_PHI = values of patients were shown. */
export type DecisionKind = 'TRUST' | 'PAUSE' | 'RESUME' | 'RUN' | 'OUTBOUND' | 'SHOW_PHI';

/** Who decided, when and why. */
export interface Decider {
  by: string;
  reason: string;
  now: Date;
}

/** A decision to be kept. */
export interface FeedDecision extends Decider {
  feed: string;
  kind: DecisionKind;
  subject?: string;
  detail?: Readonly<Record<string, unknown>>;
}

/** A decision as it was kept. */
export interface KeptDecision {
  id: string;
  subject: string;
  detail: Readonly<Record<string, unknown>>;
  decidedBy: string;
  decidedAt: string;
}

/** Keeps a decision in the transaction of what it changes. */
export async function recordDecision(tx: TenantTransaction, decision: FeedDecision): Promise<void> {
  const { feed, kind, subject = '', detail = {}, reason, by, now } = decision;
  await run(tx, INSERT, [
    tx.tenantId,
    newId(),
    feed,
    kind,
    subject,
    JSON.stringify(detail),
    reason,
    by,
    now.toISOString(),
  ]);
}

/** The last decision of a kind about a feed; null = there is none. */
export async function lastDecision(
  db: Database,
  tenant: TenantId,
  feed: string,
  kind: DecisionKind,
): Promise<KeptDecision | null> {
  const [row] = await readTenant<KeptDecision>(db, tenant, LAST.text, [feed, kind], LAST.name);
  return row ?? null;
}

/** What people want of a feed at this moment. */
export interface FeedState {
  paused: boolean;
  /** The last request to poll at once; null = there was none. */
  runId: string | null;
}

/** Asked before each poll and each delivery; a feed that the database does not know counts as not paused. */
export async function feedState(db: Database, tenant: TenantId, feed: string): Promise<FeedState> {
  const [row] = await readTenant<FeedState>(db, tenant, STATE.text, [feed], STATE.name);
  return row ?? { paused: false, runId: null };
}
