/**
 * Large files are normalized portion by portion, each in a transaction of its own that also says how far the file has come
 * (`raw_state.records`). A process that ends in between is followed by one that reads the file again and passes over what is
 * stored. While the database writes a portion, the next is parsed and staged in a transaction of its own, which then waits for
 * its turn; other work of the tenant has its turn between slices.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/client.ts';
import { DatabaseError } from '../db/client.ts';
import { fault } from '../db/fault.ts';
import type { StageContext } from '../db/stage.ts';
import { run, statement } from '../db/statement.ts';
import { type TenantId, type TenantTransaction, withTenant } from '../db/tenant.ts';
import { BY_KEY, type RawPayload } from './batch.ts';
import { countAttempts, countsOf, NONE, unitsRead } from './fates.ts';
import type { PackedClaims } from './claims/packed-claims.ts';
import { readerOf } from './read-feeds.ts';
import { type Outcome, PayloadReading, reasonOf } from './read-payload.ts';
import { errorsOf, writeErrors } from './record-errors.ts';
import { StoredSource } from './stored-source.ts';
import { type Order, writeBatch } from './write-batch.ts';

const LOCK = statement(import.meta.url, 'lock-file.sql');
const ADVANCE = statement(import.meta.url, 'advance-file.sql');

/** Units of a portion: enough to make a commit worth its while, little enough to hold a few of them in memory. */
const PORTION_UNITS = 5_000;
/** Portions of one slice; then other payloads and stages have their turn. */
const PORTIONS_TOGETHER = 8;
/** Portions on their way into the database. */
const MOST_UNDER_WAY = 2;
/** Longest wait for the portion before. */
const LONGEST_WAIT_MS = 20_000;

/** A large file on the queue. */
export interface WaitingFile extends RawPayload {
  /** Units of the portions that are committed. */
  records: number;
}

/** A file that this process is reading, the portion that comes next, and those that the database keeps meanwhile. */
interface OpenFile {
  rawId: string;
  /** Units of the portions that are stored or under way. */
  records: number;
  reading: PayloadReading;
  next: Promise<Outcome>;
  /** In their order. */
  underWay: UnderWay[];
}

/** A portion on its way into the database. */
interface UnderWay {
  stored: Promise<Stored>;
  /** Once it is staged and has locked its batches: what it will insert; null = it touches more than claims. */
  claims: Promise<PackedClaims | null>;
}

/** Files stay open between slices: to open one again costs reading it again from its beginning. */
const OPEN = new WeakMap<Database, Map<TenantId, OpenFile>>();

/** Does a slice of the first of these files that no other worker is at. @returns portions stored, failed tries included. */
export async function normalizeFiles(context: StageContext, waiting: readonly WaitingFile[]): Promise<number> {
  for (const raw of waiting) {
    const portions = await slice(context, raw);
    if (portions > 0) return portions;
  }
  return 0;
}

/** Ends with portions under way unless the file is over: the database goes on while others have their turn. */
async function slice(context: StageContext, raw: WaitingFile): Promise<number> {
  const file = await openAt(context, raw);
  let done = 0;
  try {
    for (let portions = 0; portions < PORTIONS_TOGETHER; portions += 1) {
      const outcome = await file.next;
      const over = outcome.kind !== 'READ' || outcome.complete;
      if (!over) file.next = file.reading.next(PORTION_UNITS);
      const { promise: claims, resolve: tellClaims } = Promise.withResolvers<PackedClaims | null>();
      const portion = { outcome, records: file.records, before: [...file.underWay], tellClaims };
      const stored = store(context, raw, portion).finally(() => tellClaims(null));
      // A failure is met where it is awaited.
      stored.catch(() => undefined);
      file.underWay.push({ stored, claims });
      if (outcome.kind === 'READ') file.records += unitsRead(outcome);
      const finished = over
        ? file.underWay.splice(0)
        : file.underWay.splice(0, file.underWay.length - MOST_UNDER_WAY + 1);
      const ends: Stored[] = [];
      for (const one of finished) ends.push(await one.stored);
      done += ends.filter((end) => end !== 'ELSEWHERE').length;
      if (!over && ends.every((end) => end === 'STORED')) continue;
      await close(context);
      return done;
    }
    return done;
  } catch (error) {
    await close(context);
    throw error;
  }
}

/** The open file if it is this one; else it is opened and read up to what is stored. */
async function openAt(context: StageContext, raw: WaitingFile): Promise<OpenFile> {
  const { db, tenant } = context;
  const open = OPEN.get(db)?.get(tenant.id);
  // Carried on by another worker meanwhile, its next portion finds out.
  if (open?.rawId === raw.rawId) return open;
  await close(context);
  const reader = await withTenant(db, tenant.id, (tx) => readerOf(tx, context));
  const reading = new PayloadReading(reader, raw, new StoredSource(db, tenant.id, raw), {
    skip: raw.records,
    pack: true,
  });
  const next = reading.next(PORTION_UNITS);
  const file: OpenFile = { rawId: raw.rawId, records: raw.records, reading, next, underWay: [] };
  const files = OPEN.get(db) ?? new Map<TenantId, OpenFile>();
  OPEN.set(db, files.set(tenant.id, file));
  return file;
}

async function close({ db, tenant }: StageContext): Promise<void> {
  const file = OPEN.get(db)?.get(tenant.id);
  OPEN.get(db)?.delete(tenant.id);
  await file?.next;
  for (const one of file?.underWay ?? []) await one.stored.catch(() => undefined);
  await file?.reading.close();
}

/** What storing a portion came to; ELSEWHERE = another worker holds the file or has carried it on. */
type Stored = 'STORED' | 'FAILED' | 'ELSEWHERE';

/** A portion, where it begins, and those under way before it, which must be stored first. */
interface Portion {
  outcome: Outcome;
  records: number;
  before: readonly UnderWay[];
  tellClaims: (claims: PackedClaims | null) => void;
}

/** The file is not where this portion begins: another worker holds it or has carried it on, or the portion before failed. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

async function store(context: StageContext, raw: WaitingFile, portion: Portion): Promise<Stored> {
  try {
    await storePortion(context, raw, portion);
    fault.point('portion-committed');
    return 'STORED';
  } catch (error) {
    if (error instanceof Overtaken) return 'ELSEWHERE';
    // A lost connection or a deadlock says nothing about the file.
    if (error instanceof DatabaseError && error.retryable) throw error;
    return storePortion(context, raw, { ...portion, outcome: { kind: 'FAILED', raw, reason: reasonOf(error) } }).then(
      () => 'FAILED',
      (failure: unknown) => {
        if (failure instanceof Overtaken) return 'ELSEWHERE';
        throw failure;
      },
    );
  }
}

/** One portion in one transaction. @throws Overtaken. */
function storePortion(context: StageContext, raw: RawPayload, portion: Portion): Promise<void> {
  const { outcome } = portion;
  return withTenant(
    context.db,
    context.tenant.id,
    async (tx) => {
      const turn = new Turn(tx, raw, portion);
      if (outcome.kind === 'FAILED') {
        await turn.take();
        await countAttempts(tx, context, [outcome]);
        return;
      }
      await writeBatch(tx, context, outcome.kind === 'READ' ? outcome : { items: [] }, turn);
      const over = outcome.kind === 'HELD' || outcome.complete;
      await writeErrors(tx, errorsOf(outcome), over && raw.attempts > 0 ? [raw] : []);
      await turn.take();
      const { accepted, rejected, duplicate, ignored } = outcome.kind === 'READ' ? countsOf(outcome) : NONE;
      const state = over ? outcome.kind : 'PENDING';
      const counts = [accepted + rejected + duplicate + ignored, accepted, rejected, duplicate, ignored];
      await run(tx, ADVANCE, [tx.tenantId, raw.rawId, ...counts, state, context.clock().toISOString()]);
      fault.point('portion-in-transaction');
    },
    { settings: BY_KEY },
  );
}

/**
 * When a portion may touch rows: after those before it; beside them when all insert nothing but claims, and no claim of the one
 * is a claim of another, so that none waits for another in the database.
 */
class Turn implements Order {
  readonly #tx: TenantTransaction;
  readonly #raw: RawPayload;
  readonly #portion: Portion;
  #taken = false;

  constructor(tx: TenantTransaction, raw: RawPayload, portion: Portion) {
    this.#tx = tx;
    this.#raw = raw;
    this.#portion = portion;
  }

  async begin(claims: PackedClaims | null, lock: () => Promise<void>): Promise<void> {
    const { before, tellClaims } = this.#portion;
    const others = claims && (await Promise.all(before.map((one) => one.claims)));
    const beside = before.length > 0 && claims !== null && others?.every((one) => one && !meet(claims, one));
    if (!beside) await this.take();
    // In the order of the portions: who waits for a lock in between waits for all of them, or for none.
    await lock();
    tellClaims(claims);
  }

  /** Awaits the portions before and locks the file. @throws Overtaken. */
  async take(): Promise<void> {
    if (this.#taken) return;
    const { before, records } = this.#portion;
    const last = before.at(-1);
    if (last && (await inTime(last.stored)) !== 'STORED') throw new Overtaken();
    if ((await run(this.#tx, LOCK, [this.#tx.tenantId, this.#raw.rawId, records])).length === 0) throw new Overtaken();
    this.#taken = true;
  }
}

/** Whether a claim of the one may be a claim of the other. */
function meet({ keys }: PackedClaims, { keys: others }: PackedClaims): boolean {
  for (const key of keys) if (others.has(key)) return true;
  return false;
}

/**
 * Another hub that stores the same claims at the same time may wait for this portion while the one before waits for that hub:
 * no database sees a wait in our process, so it ends by itself.
 */
async function inTime(before: Promise<Stored>): Promise<Stored> {
  const late = new AbortController();
  try {
    return await Promise.race([before, sleep(LONGEST_WAIT_MS, 'ELSEWHERE' as const, late)]);
  } finally {
    late.abort();
  }
}
