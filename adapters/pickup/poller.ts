/**
 * Picks files up from a place: waits until they are stable, hands their bytes over as they come and only after they are
 * stored moves them away. A crash or a lost connection at any point leaves the file where it is; the next poll reads it
 * again and the receiver recognises its bytes.
 */
import type { DeliverFile, Running } from '../contract.ts';
import { globMatcher, isPlainName, labelOf } from './names.ts';
import type { FileSource, PickupRules, PollReport, SourceFile, TransportLog } from './source.ts';
import { Stability } from './stability.ts';

const MAX_BYTES = 64 * 1024 ** 3;
const MAX_BACKOFF_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const DONE = '.done';

/** What a poller is made of. `open` may reject: the poller backs off and tries again. */
export interface Pickup {
  open(): Promise<FileSource>;
  rules: PickupRules;
  deliver: DeliverFile;
  log: TransportLog;
  onPoll?: ((report: PollReport) => void) | undefined;
}

const changed = (before: SourceFile, now: SourceFile | null, read: number): boolean =>
  now === null || now.size !== before.size || now.modified !== before.modified || read !== before.size;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown failure');

/** A code or class, never the text: a driver's message may carry what it was given. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** The file is not what it was when its reading began: nothing of it may be stored. */
class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/** The bytes of a file; throws at their end when it changed meanwhile, so that whoever stores them does not. */
async function* unchanged(source: FileSource, file: SourceFile): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const bytes of source.read(file.name, file.size + 1)) {
    read += bytes.length;
    yield bytes;
  }
  if (changed(file, await source.stat(file.name), read)) throw new FileChanged();
}

class Poller implements Running {
  private readonly matches: (name: string) => boolean;
  private readonly stability: Stability;
  /** Names already warned about, and files left in place that are stored: both trimmed to what the folder holds. */
  private warned = new Set<string>();
  private stored = new Map<string, string>();
  private source: FileSource | null = null;
  private failures = 0;
  private stopping = false;
  private timer: NodeJS.Timeout | null = null;
  private current: Promise<void> = Promise.resolve();

  constructor(private readonly pickup: Pickup) {
    this.matches = globMatcher(pickup.rules.match);
    this.stability = new Stability(pickup.rules.stablePolls ?? 2);
    this.schedule(0);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer !== null) clearTimeout(this.timer);
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.current, late]);
    clearTimeout(deadline);
    await this.disconnect();
  }

  private schedule(delay: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.current = this.poll();
    }, delay);
  }

  /** One poll; the next is scheduled only when it is over. */
  private async poll(): Promise<void> {
    const report: PollReport = { delivered: 0, refused: 0, failure: null };
    try {
      this.source ??= await this.pickup.open();
      await this.pass(this.source, report);
    } catch (error) {
      report.failure = messageOf(error);
    }
    if (report.failure === null) this.failures = 0;
    else {
      this.failures += 1;
      this.pickup.log({ level: 'warn', message: `pick-up failed (${this.failures} in a row): ${report.failure}` });
      await this.disconnect();
    }
    this.pickup.onPoll?.(report);
    const interval = this.pickup.rules.pollSeconds * 1000;
    this.schedule(Math.min(interval * 2 ** Math.min(this.failures, 10), Math.max(MAX_BACKOFF_MS, interval)));
  }

  private async disconnect(): Promise<void> {
    const source = this.source;
    this.source = null;
    await source?.close().catch(() => undefined);
  }

  private async pass(source: FileSource, report: PollReport): Promise<void> {
    const all = await source.list();
    const wanted = all.filter((file) => this.accepts(file, report)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = new Set(all.map((file) => file.name));
    this.warned = new Set([...this.warned].filter((name) => names.has(name)));
    this.stored = new Map([...this.stored].filter(([name]) => names.has(name)));
    const finished = new Set(wanted.map((file) => file.name).filter((name) => names.has(name + DONE)));
    for (const file of this.stability.observe(wanted, finished)) {
      if (this.stopping) return;
      try {
        if (!(await this.take(source, file))) continue;
        report.delivered += 1;
        if (finished.has(file.name) && this.pickup.rules.after !== 'leave') await source.remove(file.name + DONE);
      } catch (error) {
        // One file that cannot be taken must not hold back those beside it; its own error text may contain its name.
        report.failure = `file ${labelOf(file.name)} was not taken (${kindOf(error)})`;
      }
    }
  }

  private accepts(file: SourceFile, report: PollReport): boolean {
    const { name } = file;
    if (name === '.' || name === '..') return false;
    if (!isPlainName(name)) return this.refuse(name, 'its name is not a plain file name', report);
    if (!this.matches(name) || name.endsWith(DONE)) return false;
    if (!file.regular) return this.refuse(name, 'it is not a regular file', report);
    if (file.size > (this.pickup.rules.maxBytes ?? MAX_BYTES)) return this.refuse(name, 'it is too large', report);
    return this.stored.get(name) !== `${file.size}/${file.modified}`;
  }

  private refuse(name: string, reason: string, report: PollReport): false {
    report.refused += 1;
    if (!this.warned.has(name))
      this.pickup.log({ level: 'warn', message: `entry ${labelOf(name)} is left alone: ${reason}` });
    this.warned.add(name);
    return false;
  }

  /** Reads and stores one file; false when it changed meanwhile. */
  private async take(source: FileSource, file: SourceFile): Promise<boolean> {
    try {
      const { sha256 } = await this.pickup.deliver({ name: file.name, content: unchanged(source, file) });
      await this.finish(source, file, sha256);
      return true;
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      this.stability.reset(file.name);
      this.pickup.log({
        level: 'info',
        message: `entry ${labelOf(file.name)} changed while it was read; it will be read again`,
      });
      return false;
    }
  }

  private async finish(source: FileSource, file: SourceFile, sha256: string): Promise<void> {
    const { after } = this.pickup.rules;
    if (after === 'delete') return source.remove(file.name);
    if (after === 'leave') {
      this.stored.set(file.name, `${file.size}/${file.modified}`);
      return;
    }
    // The plain name may be taken by another file of that name, the one with the hash only by the same bytes.
    for (const archivedAs of [file.name, `${file.name}.${sha256.slice(0, 16)}`]) {
      try {
        return await source.archive(file.name, archivedAs);
      } catch (error) {
        if ((await source.stat(file.name)) === null) throw error;
      }
    }
    return source.remove(file.name);
  }
}

/** Starts polling at once; one poll at a time, until stopped. */
export const startPickup = (pickup: Pickup): Running => new Poller(pickup);
