/**
 * Values of patients leave by a command only after it is kept who asked for them, when, why and what they were shown: a fact in
 * the append-only `feed_decision`, which the audit will take over. Where it cannot be kept nothing is shown.
 */
import { hostname, userInfo } from 'node:os';
import { recordDecision } from '../db/feed-decisions.ts';
import type { Database } from '../db/client.ts';
import { type TenantId, withTenant } from '../db/tenant.ts';

/** What is about to be shown. */
export interface Shown {
  feed: string;
  /** `feed preview`, `message show` ... */
  command: string;
  /** The id of what is stored, or the SHA-256 of a file's name, which may tell of a patient as well. */
  subject: string;
  reason?: string | undefined;
  /** How many values, lines or records; never a value. */
  counts?: Readonly<Record<string, number>>;
}

/** Keeps it. The account is the system's, never one that the caller names. To be awaited before anything is printed. */
export const recordShown = (db: Database, tenant: TenantId, shown: Shown): Promise<void> =>
  withTenant(db, tenant, (tx) =>
    recordDecision(tx, {
      feed: shown.feed,
      kind: 'SHOW_PHI',
      subject: shown.subject,
      detail: { command: shown.command, host: hostname(), ...shown.counts },
      reason: shown.reason ?? '',
      by: userInfo().username,
      now: new Date(),
    }),
  );
