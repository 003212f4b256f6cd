/**
 * One connection to PostgreSQL. It is separate from the pool because two faults of the driver are contained here, per
 * connection: a query handed to a connection that has just closed ends the process (its writer meets a missing socket), and a
 * query on a link that swallows bytes never settles. So a lost link refuses further queries before the driver sees them, all
 * that was under way is settled at once, and every query has a deadline after which the whole link is thrown away. Long
 * before a long deadline, a link that is silent is doubted: when a second connection cannot be made either, it is cut off.
 */
import net from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { DatabaseError, toDatabaseError } from './errors.ts';
import type { CopySource } from './transaction.ts';
import { VALUE_TYPES } from './types.ts';

/** Rows of an answer, with the number of rows the statement touched and its command tag (`SELECT`, `COMMIT`). */
export type Rows<Row> = Row[] & { count: number; command: string };

/** How one statement is sent. */
export interface QueryOptions {
  /** Name for errors and metrics. */
  name?: string | undefined;
  /** false = do not keep a server-side prepared statement (texts that occur once). Default true. */
  prepare?: boolean | undefined;
  /** true = rows are arrays of the bytes that the server sent for each column (null stays null): nothing is decoded. */
  raw?: boolean | undefined;
  /** Client-side deadline in milliseconds; 0 = none. Default: the link's own. */
  deadlineMs?: number | undefined;
}

/** Where and how to connect. */
export interface LinkOptions {
  url: string;
  /** Start-up parameters (search_path, statement_timeout ...). */
  settings: Record<string, string>;
  /** Longest wait for a connection and for each answer, milliseconds; 0 = no deadline for answers. */
  connectMs: number;
  deadlineMs: number;
}

/** Silence with statements under way after which a link is doubted, and longest wait for the second connection, ms. */
const DOUBT_MS = 2_500;
const SECOND_MS = 2_500;

interface Pending {
  reject(error: unknown): void;
}

/** The part of the driver's query object that decides when it is really sent. */
interface DriverQuery {
  handler(this: void, query: DriverQuery): unknown;
  reject: (this: void, error: unknown) => void;
}

export class Link {
  /** True once the connection is lost or thrown away; nothing is sent any more. */
  dead = false;
  /** Distinct prepared texts, so that the pool can retire a link that has collected too many. */
  readonly prepared = new Set<string>();
  readonly #options: LinkOptions;
  readonly #client: postgres.Sql;
  #sql: postgres.ReservedSql | undefined;
  #socket: net.Socket | undefined;
  readonly #pending = new Set<Pending>();
  #watched = false;
  /** Called once when the link is lost, also while it lies idle in the pool. */
  onLost: () => void = () => {};

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#client = postgres(options.url, {
      max: 1,
      idle_timeout: 0,
      max_lifetime: null,
      keep_alive: 30,
      connect_timeout: Math.ceil(options.connectMs / 1000),
      connection: options.settings,
      types: VALUE_TYPES,
      fetch_types: false,
      onnotice: () => {},
      onclose: () => this.#lose(),
      // Own socket: it can be destroyed when the link is thrown away, which the driver does not do.
      socket: async (target: SocketTarget) => {
        this.#socket = await openSocket(target, options.connectMs);
        return this.#socket;
      },
    } as postgres.Options<Record<string, postgres.PostgresType>>);
  }

  /** Connects and logs in. Errors: DatabaseError (08001 unreachable, 28P01 wrong password, 57P03 starting ...). */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options);
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(unanswered('connect', options.connectMs)), options.connectMs);
      });
      // The driver never answers reserve() on a connection that is not open yet, unless it loads types: open it first.
      const opened = link.#client.unsafe('select 1').then(() => link.#client.reserve());
      opened.catch(() => {});
      link.#sql = await Promise.race([opened, late]);
    } catch (error) {
      link.destroy();
      throw toDatabaseError(error, 'connect');
    } finally {
      clearTimeout(timer);
    }
    return link;
  }

  /** Sends one statement at once, without waiting for those before it (they are pipelined in order). */
  query<Row>(text: string, params: readonly unknown[] = [], options: QueryOptions = {}): Promise<Rows<Row>> {
    const sql = this.#sql;
    if (this.dead || sql === undefined) return Promise.reject(lost(options.name));
    const prepare = options.prepare ?? true;
    if (prepare && params.length > 0) this.prepared.add(text);
    // Type 0 leaves the type to the server: the driver's guess is wrong for arrays of booleans and dates.
    const typed = params.map((value) => sql.typed(value as never, 0));
    const query = sql.unsafe(text, typed as never, { prepare });
    if (options.raw === true) void query.raw();
    this.#guard(query as unknown as DriverQuery, options.name);
    return this.#settle<Rows<Row>>(query as unknown as Promise<Rows<Row>>, options);
  }

  /** Streams rows into `copy ... from stdin`; the chunks are COPY text, or binary where the statement says so. */
  async copyIn(text: string, source: CopySource, name?: string): Promise<void> {
    const sql = this.#sql;
    if (this.dead || sql === undefined) throw lost(name);
    const query = sql.unsafe(text);
    const driverQuery = query as unknown as DriverQuery;
    this.#guard(driverQuery, name);
    // What the server says against the rows once all are sent reaches only the query, which counts as answered since COPY began.
    const refused = new Promise<never>((_, reject) => {
      const tell = driverQuery.reject;
      driverQuery.reject = (error) => {
        tell(error);
        reject(error);
      };
    });
    const copied = query.writable().then((target) => pipeline(source, target));
    for (const end of [refused, copied]) end.catch(() => undefined);
    await this.#settle(Promise.race([copied, refused]), { name });
  }

  /** Ends the session politely. */
  async close(): Promise<void> {
    this.onLost = () => {};
    this.#sql?.release();
    this.dead = true;
    await this.#client.end({ timeout: 1 });
    this.#socket?.destroy();
  }

  /** Throws the link away: everything under way is rejected, the socket is closed without waiting for anybody. */
  destroy(): void {
    this.#lose();
    this.#socket?.destroy();
    this.#client.end({ timeout: 0 }).catch(() => {});
  }

  #lose(): void {
    if (this.dead) return;
    this.dead = true;
    for (const pending of this.#pending) pending.reject(lost());
    this.#pending.clear();
    this.onLost();
  }

  /** The last look before the driver writes: between our own check and its turn the connection may have closed. */
  #guard(query: DriverQuery, name: string | undefined): void {
    const send = query.handler;
    query.handler = (self) => (this.dead ? self.reject(lost(name)) : send(self));
  }

  /** While statements are under way: a link on which nothing comes is thrown away when the database cannot be reached. */
  async #watch(): Promise<void> {
    if (this.#watched) return;
    this.#watched = true;
    while (!this.dead && this.#pending.size > 0) {
      const heard = this.#socket?.bytesRead;
      await sleep(DOUBT_MS, undefined, { ref: false });
      if (this.dead || this.#pending.size === 0 || this.#socket?.bytesRead !== heard) continue;
      if (await this.#isCutOff()) this.destroy();
    }
    this.#watched = false;
  }

  /** A statement may rightly run for minutes; a server that also answers no new connection is another matter. */
  async #isCutOff(): Promise<boolean> {
    try {
      const second = await Link.open({ ...this.#options, connectMs: SECOND_MS });
      await second.close();
      return false;
    } catch (error) {
      return error instanceof DatabaseError && error.sqlstate.startsWith('08');
    }
  }

  #settle<T>(query: Promise<T>, options: QueryOptions): Promise<T> {
    const deadlineMs = options.deadlineMs ?? this.#options.deadlineMs;
    return new Promise<T>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const pending: Pending = {
        reject: (error) => {
          clearTimeout(timer);
          this.#pending.delete(pending);
          reject(toDatabaseError(error, options.name));
        },
      };
      this.#pending.add(pending);
      if (deadlineMs > DOUBT_MS) void this.#watch();
      if (deadlineMs > 0) {
        timer = setTimeout(() => {
          pending.reject(unanswered(options.name, deadlineMs));
          this.destroy();
        }, deadlineMs);
      }
      query.then(
        (value) => {
          clearTimeout(timer);
          this.#pending.delete(pending);
          resolve(value);
        },
        (error: unknown) => pending.reject(error),
      );
    });
  }
}

const lost = (statement?: string): DatabaseError => new DatabaseError({ sqlstate: '08006', statement });

const unanswered = (statement: string | undefined, ms: number): DatabaseError =>
  new DatabaseError({ sqlstate: '08006', statement, explanation: `no answer within ${ms} ms` });

/** What the driver hands to its socket factory. */
interface SocketTarget {
  path: string | false;
  host: string[];
  port: number[];
}

function openSocket(target: SocketTarget, timeoutMs: number): Promise<net.Socket> {
  const host = target.host[0] ?? '127.0.0.1';
  const port = target.port[0] ?? 5432;
  const socket = target.path === false ? net.connect({ host, port, noDelay: true }) : net.connect(target.path);
  // The driver reads the host from the socket to check the certificate against.
  Object.assign(socket, { host, port });
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(unanswered('connect', timeoutMs)), timeoutMs);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
