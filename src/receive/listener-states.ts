/**
 * What this hub's listener knows of its senders, written into tables every few seconds: readers of any hub over the database
 * see who is connected to which. Nothing is decided by it, and a delivery never waits for it.
 */
import type { Database } from '../db/client.ts';
import { newId } from '../db/ids.ts';
import { HUB_OWNER } from '../db/lease.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantId, withTenant } from '../db/tenant.ts';

const LISTENERS = statement(import.meta.url, 'insert-listeners.sql');
const SENDERS = statement(import.meta.url, 'insert-senders.sql');
const FORGET = statement(import.meta.url, 'forget-listeners.sql');

const EVERY_MS = 5_000;
/** How long the figures of a hub that has gone are kept. */
const FORGET_MS = 86_400_000;

/** One sender of a feed. */
interface Sender {
  sender: string;
  connections: number;
  since: Date | null;
  lastFrameAt: Date | null;
  frames: number;
  bytes: number;
  naks: number;
}

/** A feed's listener as it is. */
export interface ListenerState {
  feed: string;
  port: number;
  connections: number;
  frames: number;
  bytes: number;
  frameErrors: number;
  naks: ReadonlyMap<string, number>;
  turnedAway: ReadonlyMap<string, number>;
  senders: readonly Sender[];
  /** Undefined = clear text. */
  certificate: { endsAt: Date; problem: string } | undefined;
}

/** What keeping them needs. */
export interface ListenerStateOptions {
  db: Database;
  tenantOf(feed: string): TenantId | undefined;
  states(): ListenerState[];
  clock: () => Date;
  /** Told when they could not be written; they are written again at the next turn. */
  onFault: (detail: string) => void;
  hub?: string;
  /** Default: five seconds. */
  everyMs?: number;
}

/** Writes states by timer. */
export interface ListenerStates {
  /** Writes now. */
  write(): Promise<void>;
  /** Writes what there is at the end, when nobody is connected any more. */
  stop(): Promise<void>;
}

const counts = (kind: 'MESSAGE' | 'CALLER', reasons: ReadonlyMap<string, number>) =>
  [...reasons].map(([reason, count]) => ({ kind, reason, count }));

class Keeper implements ListenerStates {
  readonly #options: ListenerStateOptions;
  readonly #startedAt: Date;
  readonly #ids = new Map<string, string>();
  /** Senders as they were last written. */
  readonly #written = new Map<string, string>();
  readonly #timer: NodeJS.Timeout;
  #current: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(options: ListenerStateOptions) {
    this.#options = options;
    this.#startedAt = options.clock();
    this.#timer = setInterval(() => void this.write(), options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  write(): Promise<void> {
    this.#current = this.#current.then(() => this.#writeAll());
    return this.#current;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.write();
  }

  async #writeAll(): Promise<void> {
    const byTenant = Map.groupBy(this.#options.states(), ({ feed }) => this.#options.tenantOf(feed));
    try {
      for (const [tenant, states] of byTenant) if (tenant !== undefined) await this.#writeOf(tenant, states);
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.#options.onFault(error instanceof Error ? error.name : 'unknown');
      this.#failing = true;
    }
  }

  async #writeOf(tenant: TenantId, states: readonly ListenerState[]): Promise<void> {
    const now = this.#options.clock();
    const listeners = states.map((state) => this.#listenerRow(state, now));
    const senders = states.flatMap(({ feed, senders: all }) => all.map((one) => this.#senderRow(feed, one)));
    const changed = senders.filter((row) => this.#written.get(row.id) !== JSON.stringify(row));
    await withTenant(this.#options.db, tenant, async (tx) => {
      await run(tx, LISTENERS, [tenant, JSON.stringify(listeners)]);
      if (changed.length > 0) await run(tx, SENDERS, [tenant, JSON.stringify(changed)]);
      await run(tx, FORGET, [tenant, new Date(now.getTime() - FORGET_MS).toISOString()]);
    });
    for (const row of changed) this.#written.set(row.id, JSON.stringify(row));
  }

  #idOf(name: string): string {
    const id = this.#ids.get(name) ?? newId();
    this.#ids.set(name, id);
    return id;
  }

  #listenerRow(state: ListenerState, now: Date): Record<string, unknown> {
    const { feed, port, connections, frames, bytes, frameErrors, naks, turnedAway, certificate } = state;
    return {
      id: this.#idOf(feed),
      feed,
      hub: this.#options.hub ?? HUB_OWNER,
      port,
      started_at: this.#startedAt,
      seen_at: now,
      connections,
      messages: frames,
      bytes,
      broken_frames: frameErrors,
      refusals: [...counts('MESSAGE', naks), ...counts('CALLER', turnedAway)],
      certificate_ends_at: certificate?.endsAt ?? null,
      certificate_problem: certificate?.problem ?? '',
    };
  }

  #senderRow(feed: string, state: Sender): { id: string } & Record<string, unknown> {
    const { sender, connections, since, lastFrameAt, frames, bytes, naks } = state;
    return {
      id: this.#idOf(`${feed} ${sender}`),
      listener_id: this.#idOf(feed),
      feed,
      sender,
      connections,
      since,
      last_message_at: lastFrameAt,
      messages: frames,
      bytes,
      refused: naks,
    };
  }
}

/** Begins to keep the states of this hub's listener. */
export const keepListenerStates = (options: ListenerStateOptions): ListenerStates => new Keeper(options);
