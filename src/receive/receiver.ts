/**
 * Durable first: a delivery's promise resolves after its transaction has committed, and only then may a sender be answered,
 * a file be moved or a watermark advance. Group commit: while a few transactions are on their way everything that arrives
 * waits, and the next transaction takes all of it. No timer: a lone sender waits for nobody, many senders share a commit.
 */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { Deliver, DeliverFile, Delivery, FileDelivery, FileReceipt, Receipt } from '../../adapters/contract.ts';
import { type Database, DatabaseError, type Step } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import { newId } from '../db/ids.ts';
import { sabotaged } from '../db/sabotage.ts';
import { statement } from '../db/statement.ts';
import { DiskNearlyFull } from './disk-watermark.ts';
import { readTenant, type TenantId } from '../db/tenant.ts';
import { dropPieces, takeFile } from './take-file.ts';

const STORE = statement(import.meta.url, 'store-deliveries.sql');
const FIND = statement(import.meta.url, 'find-receipts.sql');
/**
 * The tenant, and one plan for deliveries of any number: the statement reads no table, so that nothing can be planned wrongly, and
 * planning it each time would take as long as running it for a single delivery.
 */
const PREPARE = `select set_config('hub.tenant', $1, true), set_config('plan_cache_mode', 'force_generic_plan', true)`;

/** Most deliveries and payload bytes of one transaction; a larger payload travels alone. */
const FLUSH_MOST = 1_000;
const FLUSH_BYTES = 16 * 1024 * 1024;
/** Transactions under way at once: a delivery waits for another's commit only while so many are, which matters where a commit takes long. */
const FLIGHTS = 3;

/** What a receiver needs. */
export interface ReceiverOptions {
  /** Gives received_at: the instant at which the hub first held the bytes. */
  clock: () => Date;
  /** Called after a commit that stored something new: time to look for work. Must not throw. */
  onStored?: (tenants: ReadonlySet<TenantId>) => void;
  /** True while nothing may be stored (disk watermark): deliveries are refused before they touch the database. */
  refusing?: () => boolean;
}

/** Stores deliveries. */
export interface Receiver {
  /**
   * Stores one delivery of a tenant's feed. The same control id with the same bytes is a resend: it resolves with the raw
   * message it has already; the same control id with other bytes is stored as new. Rejects (DatabaseError, DiskNearlyFull)
   * when it is not known to be stored; the sender may then send it again.
   */
  receive(tenant: TenantId, feed: string, delivery: Delivery): Promise<Receipt>;
  /**
   * Stores a file of any size, in bounded memory; its control id is its hash, so the same bytes under any name are a resend.
   * Rejects, with the content's own error where that was it, when it is not known to be stored.
   */
  receiveFile(tenant: TenantId, feed: string, file: FileDelivery): Promise<FileReceipt>;
  /** What a transport of messages of this feed is given. */
  deliverTo(tenant: TenantId, feed: string): Deliver;
  /** What a transport of files of this feed is given. */
  deliverFilesTo(tenant: TenantId, feed: string): DeliverFile;
  /** Resolves when everything that was received so far is stored or refused. */
  settled(): Promise<void>;
}

interface Waiting {
  tenant: TenantId;
  feed: string;
  delivery: Delivery;
  rawId: string;
  sha256: string;
  sizeBytes: number;
  /** Stored pieces that hold the bytes; 0 = the delivery does. */
  parts: number;
  receivedAt: string;
  resolve: (receipt: Receipt) => void;
  reject: (error: unknown) => void;
}

function byTenant(batch: readonly Waiting[]): Map<TenantId, Waiting[]> {
  const groups = new Map<TenantId, Waiting[]>();
  // One order for all processes, as inside a tenant.
  for (const one of [...batch].sort((a, b) => (a.tenant < b.tenant ? -1 : Number(a.tenant > b.tenant)))) {
    const group = groups.get(one.tenant);
    if (group) group.push(one);
    else groups.set(one.tenant, [one]);
  }
  return groups;
}

function stepsOf(tenant: TenantId, group: readonly Waiting[]): Step[] {
  const column = <T>(of: (one: Waiting) => T): T[] => group.map(of);
  return [
    { text: PREPARE, params: [tenant], options: { name: 'set hub.tenant' } },
    {
      text: STORE.text,
      params: [
        tenant,
        column((one) => one.rawId),
        column((one) => one.feed),
        column((one) => one.delivery.controlId),
        column((one) => one.sha256),
        column((one) => one.delivery.name),
        column((one) => one.receivedAt),
        column((one) => one.delivery.bytes),
        column((one) => one.sizeBytes),
        column((one) => one.parts),
      ],
      options: { name: STORE.name },
    },
  ];
}

/** Takes the next batch off the queue: at least one, at most what one transaction should carry. */
function takeBatch(queue: Waiting[]): Waiting[] {
  let count = 0;
  let bytes = 0;
  while (count < queue.length && count < FLUSH_MOST) {
    bytes += queue[count]?.delivery.bytes.length ?? 0;
    if (count > 0 && bytes > FLUSH_BYTES) break;
    count += 1;
  }
  return queue.splice(0, count);
}

/** A content fault of one delivery breaks the statement of all; an outage or a lost connection is nobody's fault. */
const mayBePoison = (error: unknown): boolean =>
  error instanceof DatabaseError && !error.retryable && !error.connectionLost && !/^5[378]/.test(error.sqlstate);

class GroupCommit implements Receiver {
  readonly #db: Database;
  readonly #options: ReceiverOptions;
  readonly #queue: Waiting[] = [];
  readonly #flights = new Set<Promise<void>>();
  #starting = false;

  constructor(db: Database, options: ReceiverOptions) {
    this.#db = db;
    this.#options = options;
  }

  receive(tenant: TenantId, feed: string, delivery: Delivery): Promise<Receipt> {
    if (this.#options.refusing?.() === true) return Promise.reject(new DiskNearlyFull());
    const rawId = newId();
    const salt = sabotaged('no-dedupe') ? rawId : '';
    const sha256 = createHash('sha256').update(delivery.bytes).update(salt).digest('hex');
    const receivedAt = this.#options.clock().toISOString();
    const sizeBytes = delivery.bytes.length;
    return this.#enqueue({ tenant, feed, delivery, rawId, sha256, sizeBytes, parts: 0, receivedAt });
  }

  async receiveFile(tenant: TenantId, feed: string, { name, content }: FileDelivery): Promise<FileReceipt> {
    const admit = (): void => {
      if (this.#options.refusing?.() === true) throw new DiskNearlyFull();
    };
    admit();
    const receivedAt = this.#options.clock().toISOString();
    const intake = { db: this.#db, tenant, receivedAt, admit };
    const { bytes, ...taken } = await takeFile(intake, content, sabotaged('no-dedupe') ? newId() : '');
    const { sha256, parts, rawId } = taken;
    const delivery = { controlId: sha256, name, bytes };
    const receipt = await this.#enqueue({ tenant, feed, delivery, receivedAt, ...taken });
    if (receipt.duplicate && parts > 0 && receipt.rawId !== rawId) await dropPieces(intake, rawId);
    return { ...receipt, sha256 };
  }

  #enqueue(waiting: Omit<Waiting, 'resolve' | 'reject'>): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...waiting, resolve, reject });
      if (sabotaged('ack-first')) resolve({ rawId: waiting.rawId, duplicate: false });
      this.#start();
    });
  }

  deliverTo(tenant: TenantId, feed: string): Deliver {
    return (delivery) => this.receive(tenant, feed, delivery);
  }

  deliverFilesTo(tenant: TenantId, feed: string): DeliverFile {
    return (file) => this.receiveFile(tenant, feed, file);
  }

  async settled(): Promise<void> {
    while (this.#flights.size > 0) await Promise.all(this.#flights);
  }

  #start(): void {
    if (this.#starting || this.#flights.size >= FLIGHTS) return;
    this.#starting = true;
    const flight = this.#fly().finally(() => this.#flights.delete(flight));
    this.#flights.add(flight);
  }

  /** Never rejects: every delivery is told its own end. */
  async #fly(): Promise<void> {
    // Whatever arrives in one turn of the loop, on whichever connections, shares a commit.
    await turn();
    this.#starting = false;
    while (this.#queue.length > 0) await this.#storeOrRefuse(takeBatch(this.#queue));
  }

  /** A delivery that breaks the statement of all is found by storing one by one; the others go through. */
  async #storeOrRefuse(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#store(batch);
    } catch (error) {
      if (batch.length === 1 || !mayBePoison(error)) for (const one of batch) one.reject(error);
      else for (const one of batch) await this.#storeOrRefuse([one]);
    }
  }

  /** One transaction: one pipelined set_config and insert per tenant. Nobody hears anything good before its commit. */
  async #store(batch: readonly Waiting[]): Promise<void> {
    const groups = byTenant(batch);
    fault.point('before-store');
    const answers = await this.#db.batch([...groups].flatMap(([tenant, group]) => stepsOf(tenant, group)));
    fault.point('stored-before-ack');
    const stored = new Set(answers.flat().map((row) => row['rawId']));
    const fresh = batch.filter(({ rawId }) => stored.has(rawId));
    for (const { rawId, resolve } of fresh) resolve({ rawId, duplicate: false });
    if (fresh.length > 0) this.#options.onStored?.(new Set(fresh.map(({ tenant }) => tenant)));
    const known = byTenant(batch.filter(({ rawId }) => !stored.has(rawId)));
    await Promise.all([...known].map(([tenant, group]) => this.#find(tenant, group)));
  }

  /** Deliveries that are stored already: earlier, beside them in the batch, or by another process meanwhile. */
  async #find(tenant: TenantId, group: readonly Waiting[]): Promise<void> {
    try {
      const params = [
        group.map((one) => one.rawId),
        group.map((one) => one.feed),
        group.map((one) => one.delivery.controlId),
        group.map((one) => one.sha256),
      ];
      const rows = await readTenant<{ deliveredId: string; rawId: string }>(
        this.#db,
        tenant,
        FIND.text,
        params,
        FIND.name,
      );
      const found = new Map(rows.map((row) => [row.deliveredId, row.rawId]));
      for (const one of group) {
        const rawId = found.get(one.rawId);
        if (rawId === undefined) one.reject(new DatabaseError({ sqlstate: '40001', statement: STORE.name }));
        else one.resolve({ rawId, duplicate: true });
      }
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  }
}

/** Makes the receiver of a process. `db` connects as the ingesting role. */
export const createReceiver = (db: Database, options: ReceiverOptions): Receiver => new GroupCommit(db, options);
