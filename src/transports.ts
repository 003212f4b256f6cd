/**
 * The transports of a running hub, in groups that are started and replaced as one: what serves a feed, what listens on an MLLP
 * port. A group that changes is brought to its end first, however long its delivery under way takes, and the others do not notice.
 */
import type { Finishing, Running } from '../adapters/contract.ts';
import type { Log } from './log.ts';

/** Transports that belong together. */
export interface TransportGroup {
  /** What it is of, for people: `feed acme-claims`, `MLLP port 2575`. */
  key: string;
  /** Everything that it is made of; another text = another transport. Holds secrets: never shown. */
  signature: string;
  /** Rejects with a sentence that names the setting to change. */
  start(): Promise<Running | Finishing>;
}

const isFinishing = (one: Running): one is Finishing => 'finish' in one;
const finish = (one: Running): Promise<void> => (isFinishing(one) ? one.finish() : one.stop());

/** One key: what runs, and what should. */
class Slot {
  readonly key: string;
  readonly #log: Log;
  #wanted: TransportGroup | null = null;
  #running: Running | null = null;
  #signature: string | null = null;
  #told = '';
  #stopping = false;
  #work: Promise<void> | null = null;

  constructor(key: string, log: Log) {
    this.key = key;
    this.#log = log;
  }

  get running(): Running | null {
    return this.#running;
  }

  /** Nothing runs, and nothing should. */
  get empty(): boolean {
    return this.#wanted === null && this.#running === null && this.#work === null;
  }

  /** Starts the first time; rejects when that cannot be done. */
  async begin(group: TransportGroup): Promise<void> {
    this.#wanted = group;
    this.#running = await group.start();
    this.#signature = group.signature;
  }

  /** Moves to what is wanted now, in the background; called again it tries again what failed. */
  want(group: TransportGroup | null): void {
    this.#wanted = group;
    this.settle();
  }

  settle(): void {
    if (this.#stopping || (this.#wanted?.signature ?? null) === this.#signature) return;
    this.#work ??= this.#settle().finally(() => (this.#work = null));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running?.stop();
    await this.#work;
    await this.#running?.stop();
  }

  async #settle(): Promise<void> {
    try {
      while (!this.#stopping && (this.#wanted?.signature ?? null) !== this.#signature) {
        if (this.#running !== null) {
          this.#tell('info', `${this.key} changes: what is under way goes to its end first`);
          await finish(this.#running);
          this.#running = null;
          this.#signature = null;
        } else if (this.#wanted !== null) {
          const wanted = this.#wanted;
          this.#running = await wanted.start();
          this.#signature = wanted.signature;
        }
      }
      if (!this.#stopping)
        this.#tell('info', this.#running === null ? `${this.key} has ended` : `${this.key} runs as applied`);
    } catch (error) {
      this.#tell('error', `${this.key} could not be started: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  }

  /** What is tried again and again is told once. */
  #tell(level: 'info' | 'error', detail: string): void {
    if (detail === this.#told && level === 'error') return;
    this.#told = detail;
    this.#log({ level, event: 'feeds', detail });
  }
}

/** All groups. */
export class Transports implements Running {
  readonly #slots = new Map<string, Slot>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Starts the groups of a starting hub, one after the other. @throws the first refusal; what was started must be stopped. */
  async start(groups: readonly TransportGroup[]): Promise<void> {
    for (const group of groups) await this.#slot(group.key).begin(group);
  }

  /** Moves to other groups; those whose signature stays go on. */
  adopt(groups: readonly TransportGroup[]): void {
    const wanted = new Map(groups.map((group) => [group.key, group]));
    for (const [key, slot] of this.#slots) {
      if (slot.empty) this.#slots.delete(key);
      else if (!wanted.has(key)) slot.want(null);
    }
    for (const [key, group] of wanted) this.#slot(key).want(group);
  }

  /** Tries again what could not be started. */
  retry(): void {
    for (const slot of this.#slots.values()) slot.settle();
  }

  /** What runs at this moment. */
  running(): Running[] {
    return [...this.#slots.values()].flatMap(({ running }) => running ?? []);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.stop()));
  }

  #slot(key: string): Slot {
    const slot = this.#slots.get(key) ?? new Slot(key, this.#log);
    this.#slots.set(key, slot);
    return slot;
  }
}
