/**
 * Leases: of several hubs over one database one polls a feed. A row says who and until when, by the database's clock; the
 * token grows with every taking, so that what an earlier holder left behind can be told from the present one's. A holder
 * judges by its own stopwatch, started before it asked: it never believes in a lease longer than the database does.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Database } from './client.ts';
import { run, statement } from './statement.ts';

const TAKE = statement(import.meta.url, 'take-lease.sql');
const RENEW = statement(import.meta.url, 'renew-lease.sql');
const RELEASE = statement(import.meta.url, 'release-lease.sql');
const EXPIRE = statement(import.meta.url, 'expire-leases.sql');
const FIND = statement(import.meta.url, 'find-lease.sql');

/** How long a lease lives without renewal; a hub that dies is replaced after this. */
const LEASE_MS = 15_000;
/** Stopwatches of two machines differ by less over the life of a lease. */
const MARGIN_MS = 500;

/** This process, for people: who holds what. */
export const HUB_OWNER = `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`;

/** The lease is not surely held any more: another hub may be at work. Nothing that others see may be done now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor(name: string) {
    super(`the lease "${name}" is lost: another hub takes over`);
  }
}

/** A lease that was taken; it renews itself until it is released or lost. */
export interface Lease {
  readonly name: string;
  /** Higher than that of any earlier holder. */
  readonly token: string;
  /** False from the moment on at which another could hold it. */
  held(): boolean;
  /** @throws LeaseLost unless held. */
  check(): void;
  /** Renews at once; false when it was lost. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** What leases can be told to do; the defaults are for everything but tests. */
export interface LeaseOptions {
  owner?: string;
  leaseMs?: number;
  /** Renew by timer. Default true. */
  renews?: boolean;
}

class HeldLease implements Lease {
  readonly name: string;
  readonly token: string;
  readonly #db: Database;
  readonly #leaseMs: number;
  #until: number;
  #ended = false;
  #renewing: Promise<boolean> = Promise.resolve(true);
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(db: Database, taken: { name: string; token: string; since: number; leaseMs: number; renews: boolean }) {
    this.#db = db;
    this.name = taken.name;
    this.token = taken.token;
    this.#leaseMs = taken.leaseMs;
    this.#until = taken.since + taken.leaseMs - MARGIN_MS;
    if (taken.renews) this.#timer = setInterval(() => void this.renew().catch(() => undefined), taken.leaseMs / 3);
    this.#timer?.unref();
  }

  held(): boolean {
    return performance.now() < this.#until;
  }

  check(): void {
    if (!this.held()) throw new LeaseLost(this.name);
  }

  renew(): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false);
    this.#renewing = this.#renew();
    return this.#renewing;
  }

  async release(): Promise<void> {
    this.#end();
    // A renewal that is on its way must not come after the release.
    await this.#renewing.catch(() => false);
    await run(this.#db, RELEASE, [this.name, this.token]);
  }

  async #renew(): Promise<boolean> {
    const since = performance.now();
    const rows = await run(this.#db, RENEW, [this.name, this.token, this.#leaseMs / 1000]);
    if (rows.length === 0) this.#end();
    if (this.#ended) return false;
    this.#until = since + this.#leaseMs - MARGIN_MS;
    return true;
  }

  #end(): void {
    this.#ended = true;
    this.#until = 0;
    clearInterval(this.#timer);
  }
}

/** Takes a lease; null while another holds it. */
export async function takeLease(db: Database, name: string, options: LeaseOptions = {}): Promise<Lease | null> {
  const { owner = HUB_OWNER, leaseMs = LEASE_MS, renews = true } = options;
  const since = performance.now();
  const [row] = await run<{ token: string }>(db, TAKE, [name, owner, leaseMs / 1000]);
  return row === undefined ? null : new HeldLease(db, { name, token: row.token, since, leaseMs, renews });
}

/** Who holds a lease now; null = nobody. */
export async function leaseHolder(db: Database, name: string): Promise<string | null> {
  const [row] = await run<{ owner: string }>(db, FIND, [name]);
  return row?.owner ?? null;
}

/** Ends all leases. For a hub that starts its own database: whoever held one is gone. */
export const expireLeases = async (db: Database): Promise<void> => void (await run(db, EXPIRE));
