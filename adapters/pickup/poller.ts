/**
 * Picks files up from a place again and again: one poll at a time, with growing pauses while it fails, only while it is this
 * hub's turn. A crash or a lost connection at any point leaves a file where it is; the next poll reads it again from its start
 * and the receiver recognises its bytes.
 */
import type { DeliverFile, Finishing } from '../contract.ts';
import { Passes } from './pass.ts';
import type { FileSource, PickupRules, PollReport, TransportLog, Turns } from './source.ts';

const MAX_BACKOFF_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
/** How long a person waits who asks for a poll, and a hub that another one may have left the place to. */
const LISTEN_MS = 3_000;

/** What a poller is made of. `open` may reject: the poller backs off and tries again. */
export interface Pickup {
  open(): Promise<FileSource>;
  rules: PickupRules;
  deliver: DeliverFile;
  log: TransportLog;
  onPoll?: ((report: PollReport) => void) | undefined;
  /** Absent = the place is ours alone. */
  turns?: Turns | undefined;
  /** Where packed files lie while they are unpacked. */
  spoolFolder?: string | undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown failure');

class Poller implements Finishing {
  readonly #pickup: Pickup;
  #passes: Passes;
  #source: FileSource | null = null;
  #failures = 0;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(pickup: Pickup) {
    this.#pickup = pickup;
    this.#passes = this.#begin();
    this.#schedule(0);
  }

  /** The file under way is read to its end; those behind it are left to whoever polls next. */
  async finish(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#current;
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.#current, late]);
    clearTimeout(deadline);
    await this.#disconnect();
    await this.#pickup.turns?.end().catch(() => undefined);
  }

  #begin(): Passes {
    return new Passes({ ...this.#pickup, stopping: () => this.#stopping });
  }

  #schedule(delay: number): void {
    if (this.#stopping) return;
    const { turns } = this.#pickup;
    const wait = turns === undefined ? delay : Math.min(delay, LISTEN_MS);
    this.#timer = setTimeout(() => {
      this.#current = this.#wake(delay - wait);
    }, wait);
  }

  /** Polls when the time has come, or when a person asks for it. */
  async #wake(left: number): Promise<void> {
    const called = left > 0 && (await this.#pickup.turns?.called().catch(() => false));
    if (left > 0 && called !== true) this.#schedule(left);
    else await this.#poll();
  }

  /** One poll; the next is scheduled only when it is over. */
  async #poll(): Promise<void> {
    const { turns, log, onPoll, rules } = this.#pickup;
    const report: PollReport = { delivered: 0, refused: 0, waiting: 0, failure: null };
    const interval = rules.pollSeconds * 1000;
    try {
      const turn = (await turns?.ask()) ?? null;
      if (turns !== undefined && turn === null) {
        await this.#leave();
        this.#schedule(Math.min(interval, LISTEN_MS));
        return;
      }
      this.#source ??= await this.#pickup.open();
      await this.#passes.look(this.#source, turn, report);
    } catch (error) {
      report.failure = messageOf(error);
    }
    if (report.failure === null) this.#failures = 0;
    else {
      this.#failures += 1;
      log({ level: 'warn', message: `pick-up failed (${this.#failures} in a row): ${report.failure}` });
      await this.#disconnect();
    }
    onPoll?.(report);
    this.#schedule(Math.min(interval * 2 ** Math.min(this.#failures, 10), Math.max(MAX_BACKOFF_MS, interval)));
  }

  /** It is not our turn: what was seen before says nothing when it is again. */
  async #leave(): Promise<void> {
    await this.#disconnect();
    this.#passes = this.#begin();
  }

  async #disconnect(): Promise<void> {
    const source = this.#source;
    this.#source = null;
    await source?.close().catch(() => undefined);
  }
}

/** Starts polling at once; one poll at a time, until stopped. */
export const startPickup = (pickup: Pickup): Finishing => new Poller(pickup);
