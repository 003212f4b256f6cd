/**
 * The pool: `connect()` gives a Database for one login role. It hands out links, runs statements and transactions on them,
 * replaces links that were lost and waits, within a bound, for a database that is restarting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from './errors.ts';
import { Link, type LinkOptions, type QueryOptions, type Rows } from './link.ts';
import {
  beginText,
  OpenTransaction,
  type Queryable,
  settingQueries,
  type Transaction,
  type TransactionOptions,
} from './transaction.ts';

export { DatabaseError } from './errors.ts';
export type { QueryOptions, Rows } from './link.ts';
export type { Queryable, Transaction, TransactionOptions } from './transaction.ts';

/** The login a client uses: it decides the time-outs; what it may touch is decided by the grants of the role in the URL. */
export type DatabaseRole = 'ingest' | 'read' | 'monitor' | 'owner';

/** Longest run of one statement by role, milliseconds; 0 = unlimited (migrations). */
const STATEMENT_MS: Record<DatabaseRole, number> = { ingest: 120_000, read: 30_000, monitor: 5_000, owner: 0 };
/** What the answer may be late beyond the server's own time-out before the link counts as broken. */
const GRACE_MS = 3_000;
/** Longest wait for a connection, milliseconds: a restart of the embedded database fits in, an outage does not. */
const ACQUIRE_MS = 10_000;
const FIRST_RETRY_MS = 50;
const LINK_LIFETIME_MS = 30 * 60_000;
const PREPARED_MAX = 500;

/** Settings of a pool. */
export interface ConnectOptions {
  role: DatabaseRole;
  /** Schema that search_path puts first. Default `hub`. */
  schema?: string;
  /** Most connections. Default 4. */
  max?: number;
  /** Shown in pg_stat_activity. */
  applicationName?: string;
  /** Overrides the role's statement time-out, milliseconds. */
  statementMs?: number;
  /** Overrides how long a caller waits for a connection, milliseconds. */
  acquireMs?: number;
}

/** A statement, its parameters and how it is sent: one step of a batch. */
export interface Step {
  text: string;
  params?: readonly unknown[];
  options?: QueryOptions;
}

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** search_path for a schema; extensions live in public. Throws on a name that is not a plain lower-case identifier. */
export function searchPath(schema: string): string {
  if (!SCHEMA_NAME.test(schema)) throw new Error(`"${schema}" cannot be a schema name: use a-z, 0-9 and _`);
  return `"${schema}", public`;
}

/** Makes a pool; nothing is connected before the first statement. */
export function connect(url: string, options: ConnectOptions): Database {
  return new Database(url, options);
}

interface Waiter {
  resolve(link: Link): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

/** A pool of connections of one role. */
export class Database implements Queryable {
  readonly role: DatabaseRole;
  readonly #link: LinkOptions;
  readonly #max: number;
  readonly #acquireMs: number;
  readonly #idle: { link: Link; openedAt: number }[] = [];
  readonly #openedAt = new Map<Link, number>();
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  /** Why the last attempt to connect failed; undefined once one succeeded. */
  #unreachable: unknown;
  #ended = false;

  constructor(url: string, options: ConnectOptions) {
    const statementMs = options.statementMs ?? STATEMENT_MS[options.role];
    const guarded = options.role !== 'owner';
    this.role = options.role;
    this.#max = options.max ?? 4;
    this.#acquireMs = options.acquireMs ?? ACQUIRE_MS;
    this.#link = {
      url,
      connectMs: Math.min(5_000, this.#acquireMs),
      deadlineMs: statementMs === 0 ? 0 : statementMs + GRACE_MS,
      settings: {
        search_path: searchPath(options.schema ?? 'hub'),
        application_name: options.applicationName ?? `hub ${options.role}`,
        statement_timeout: String(statementMs),
        TimeZone: 'UTC',
        DateStyle: 'ISO, YMD',
        // Batches come as arrays, of which a generic plan expects ten elements: measured 1,356 ms against 25 ms for 500 visits.
        ...(options.role === 'ingest' ? { plan_cache_mode: 'force_custom_plan' } : {}),
        ...(guarded ? { idle_in_transaction_session_timeout: '60000' } : {}),
      },
    };
  }

  query<Row = Record<string, unknown>>(
    text: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Rows<Row>> {
    return this.#use((link) => link.query<Row>(text, params, options));
  }

  /**
   * One transaction: commits when `work` resolves, rolls back when it throws. BEGIN, the settings and the first statement
   * travel together. A DatabaseError with `connectionLost` from the commit leaves its effect unknown.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#use(async (link) => {
      const tx = new OpenTransaction(link);
      const opening = [link.query(beginText(options)), ...settingQueries(link, options)];
      for (const query of opening) query.catch((error: unknown) => tx.fail(error));
      try {
        const result = await work(tx);
        await Promise.all(opening);
        await tx.commit();
        return result;
      } catch (error) {
        await tx.rollback();
        throw tx.reason(error);
      } finally {
        tx.finish();
      }
    });
  }

  /**
   * A fixed list of statements in one transaction and one round trip: BEGIN, settings, the steps and COMMIT are sent
   * together. Answers the rows of each step.
   */
  batch(steps: readonly Step[], options: TransactionOptions = {}): Promise<Rows<Record<string, unknown>>[]> {
    return this.#use(async (link) => {
      const opening = [link.query(beginText(options)), ...settingQueries(link, options)];
      const answers = steps.map((step) => link.query<Record<string, unknown>>(step.text, step.params, step.options));
      const all = await Promise.allSettled([...opening, ...answers, link.query('commit')]);
      // After a failed step the server answers COMMIT with a rollback, so the transaction is over either way.
      const failed = all.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return Promise.all(answers);
    });
  }

  /** How many more transactions could begin at once. */
  get freeLinks(): number {
    const busy = this.#openedAt.size - this.#idle.length;
    return Math.max(0, this.#max - busy - this.#waiters.length);
  }

  /** Closes all connections; statements under way are finished first (at most a second). */
  async end(): Promise<void> {
    this.#ended = true;
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(closed());
    }
    const links = [...this.#openedAt.keys()];
    this.#openedAt.clear();
    this.#idle.length = 0;
    await Promise.all(links.map((link) => link.close().catch(() => {})));
  }

  async #use<T>(work: (link: Link) => Promise<T>): Promise<T> {
    const link = await this.#acquire();
    try {
      return await work(link);
    } finally {
      this.#release(link);
    }
  }

  #acquire(): Promise<Link> {
    if (this.#ended) return Promise.reject(closed());
    const free = this.#idle.pop();
    if (free) return Promise.resolve(free.link);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const explanation = `no connection free within ${this.#acquireMs} ms`;
        reject(this.#unreachable ?? new DatabaseError({ sqlstate: '53300', statement: 'connect', explanation }));
      }, this.#acquireMs);
      const waiter: Waiter = { resolve, reject, timer };
      this.#waiters.push(waiter);
      this.#open();
    });
  }

  /** Opens another link when somebody waits and the pool may grow. */
  #open(): void {
    if (this.#waiters.length <= this.#opening || this.#openedAt.size + this.#opening >= this.#max) return;
    this.#opening += 1;
    this.#openPatiently()
      .then((link) => this.#adopt(link))
      .catch((error: unknown) => {
        this.#opening -= 1;
        const waiter = this.#waiters.shift();
        if (!waiter) return;
        clearTimeout(waiter.timer);
        waiter.reject(error);
      });
  }

  /** Retries while the database cannot be reached or is starting, until the bound. */
  async #openPatiently(): Promise<Link> {
    const until = performance.now() + this.#acquireMs;
    for (let pause = FIRST_RETRY_MS; ; pause = Math.min(pause * 2, 500)) {
      try {
        const link = await Link.open(this.#link);
        this.#unreachable = undefined;
        return link;
      } catch (error) {
        this.#unreachable = error;
        const hopeless = !(error instanceof DatabaseError) || !error.retryable;
        if (hopeless || this.#ended || performance.now() + pause > until) throw error;
      }
      await sleep(pause);
    }
  }

  #adopt(link: Link): void {
    this.#opening -= 1;
    if (this.#ended) {
      void link.close().catch(() => {});
      return;
    }
    this.#openedAt.set(link, performance.now());
    link.onLost = () => this.#forget(link);
    this.#release(link);
  }

  #forget(link: Link): void {
    this.#openedAt.delete(link);
    const index = this.#idle.findIndex((entry) => entry.link === link);
    if (index >= 0) this.#idle.splice(index, 1);
    this.#open();
  }

  #release(link: Link): void {
    const openedAt = this.#openedAt.get(link);
    if (link.dead || openedAt === undefined) return;
    const tired = performance.now() - openedAt > LINK_LIFETIME_MS || link.prepared.size > PREPARED_MAX;
    if (tired && !this.#ended) {
      this.#openedAt.delete(link);
      void link.close().catch(() => {});
      this.#open();
      return;
    }
    const waiter = this.#waiters.shift();
    if (!waiter) {
      this.#idle.push({ link, openedAt });
      return;
    }
    clearTimeout(waiter.timer);
    waiter.resolve(link);
  }
}

const closed = (): DatabaseError => new DatabaseError({ sqlstate: '08006', explanation: 'the pool is closed' });
