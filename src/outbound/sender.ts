/** Looks after the outbound queue of one feed: asks for files that wait, takes the feed's lease, delivers, gives it back. */
import type { Finishing } from '../../adapters/contract.ts';
import type { FileTarget } from '../../adapters/pickup/target.ts';
import type { Database } from '../db/client.ts';
import { feedState } from '../db/feed-decisions.ts';
import { type Lease, takeLease } from '../db/lease.ts';
import type { TenantId } from '../db/tenant.ts';
import { openFiles, sendPass, type SendReport } from './send.ts';

const EVERY_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const STOP_WITHIN_MS = 10_000;

/** What a sender is made of. */
export interface SenderOptions {
  db: Database;
  tenant: TenantId;
  feed: string;
  open: () => Promise<FileTarget>;
  clock: () => Date;
  log: (event: { level: 'info' | 'warn' | 'error'; message: string }) => void;
  everyMs?: number;
}

/** Only one process at a time delivers files of a feed. */
export const outboundLease = (tenant: TenantId, feed: string): string => `outbound ${tenant} ${feed}`;

/**
 * Delivers what waits now.
 * @returns null when nothing waits, the feed is paused, or another hub delivers.
 */
export async function deliverNow(options: SenderOptions): Promise<SendReport | null> {
  const { db, tenant, feed } = options;
  if ((await openFiles(db, tenant, feed)).length === 0) return null;
  if ((await feedState(db, tenant, feed)).paused) return null;
  const lease = await takeLease(db, outboundLease(tenant, feed));
  if (lease === null) return null;
  try {
    return await sendPass({ ...options, lease });
  } finally {
    await release(lease);
  }
}

/** A lease that cannot be given back runs out by itself. */
const release = (lease: Lease): Promise<void> => lease.release().catch(() => undefined);

class Sender implements Finishing {
  readonly #options: SenderOptions;
  #failures = 0;
  #told = '';
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> = Promise.resolve();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#schedule(0);
  }

  async finish(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#current;
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
  }

  #schedule(delay: number): void {
    if (this.#stopping) return;
    this.#timer = setTimeout(() => {
      this.#current = this.#pass();
    }, delay);
  }

  async #pass(): Promise<void> {
    const { log, everyMs = EVERY_MS } = this.#options;
    try {
      const report = await deliverNow(this.#options);
      this.#failures = report === null || report.failure === null ? 0 : this.#failures + 1;
      if (report !== null) this.#tell(report);
    } catch (error) {
      this.#failures += 1;
      log({
        level: 'warn',
        message: `files could not be delivered (${this.#failures} in a row): ${error instanceof Error ? error.message : 'unknown failure'}`,
      });
    }
    this.#schedule(Math.min(everyMs * 2 ** Math.min(this.#failures, 10), LONGEST_PAUSE_MS));
  }

  /** Says what is new: a file that stays uncertain is looked at in every pass. */
  #tell({ sent, uncertain, failed, postponed }: SendReport): void {
    const counts = `${sent} outbound files sent, ${uncertain} uncertain, ${failed} failed, ${postponed} to be tried again`;
    if (counts === this.#told && sent === 0) return;
    this.#told = counts;
    this.#options.log({ level: uncertain + failed > 0 ? 'warn' : 'info', message: counts });
  }
}

/** Starts looking at once, until stopped. */
export const startSender = (options: SenderOptions): Finishing => new Sender(options);
