/** Whose turn it is to poll a feed: of several hubs that of the lease's holder, and nobody's while a person has paused the feed. */
import type { Turn, Turns } from '../../adapters/pickup/source.ts';
import type { Database } from '../db/client.ts';
import { feedState } from '../db/feed-decisions.ts';
import { type Lease, takeLease } from '../db/lease.ts';
import type { TenantId } from '../db/tenant.ts';

/** The lease under which a feed is polled. */
export const pickupLease = (tenant: TenantId, feed: string): string => `pickup ${tenant} ${feed}`;

class FeedTurns implements Turns {
  readonly #db: Database;
  readonly #tenant: TenantId;
  readonly #feed: string;
  #lease: Lease | null = null;
  /** The last request to poll that a poll has followed. */
  #runId: string | null = null;

  constructor(db: Database, tenant: TenantId, feed: string) {
    this.#db = db;
    this.#tenant = tenant;
    this.#feed = feed;
  }

  async ask(): Promise<Turn | null> {
    const state = await feedState(this.#db, this.#tenant, this.#feed);
    this.#runId = state.runId;
    if (state.paused) {
      await this.end();
      return null;
    }
    if (this.#lease !== null && !(await this.#lease.renew())) this.#lease = null;
    this.#lease ??= await takeLease(this.#db, pickupLease(this.#tenant, this.#feed));
    const lease = this.#lease;
    if (lease === null) return null;
    return {
      check: () => lease.check(),
      goOn: async () => !(await feedState(this.#db, this.#tenant, this.#feed)).paused,
    };
  }

  async called(): Promise<boolean> {
    const { runId } = await feedState(this.#db, this.#tenant, this.#feed);
    return runId !== null && runId !== this.#runId;
  }

  async end(): Promise<void> {
    const lease = this.#lease;
    this.#lease = null;
    await lease?.release();
  }
}

/** Turns at a feed, for one poller of this process. */
export const turnsAt = (db: Database, tenant: TenantId, feed: string): Turns => new FeedTurns(db, tenant, feed);
