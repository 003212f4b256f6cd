/**
 * One look at a place: which files may be read now, each handed over, and only after it is stored moved away. What is moved is
 * compared once more with what was read: a file that took the name in between goes back.
 */
import type { DeliverFile, FileDelivery } from '../contract.ts';
import { globMatcher, isPlainName, isUnfinished, labelOf } from './names.ts';
import type { Box, FileSource, PickupRules, PollReport, SourceFile, TransportLog, Turn } from './source.ts';
import { Stability } from './stability.ts';
import { deliverUnpacked } from './unpack.ts';
import { type Seen, walk } from './walk.ts';

const MAX_BYTES = 64 * 1024 ** 3;
const DONE = '.done';

/** What a pass needs; the same for all passes of a poller. */
export interface PassOptions {
  rules: PickupRules;
  deliver: DeliverFile;
  log: TransportLog;
  spoolFolder?: string | undefined;
  /** True as soon as the poller is to end. */
  stopping: () => boolean;
}

/** The file is not what it was when its reading began: nothing of it may be stored. */
class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

const differs = (before: SourceFile, now: SourceFile | null): boolean =>
  now === null || now.kind !== 'file' || now.size !== before.size || now.modified !== before.modified;

/** The bytes of a file; throws at their end when it changed meanwhile, so that whoever stores them does not. */
async function* unchanged(source: FileSource, file: SourceFile): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const bytes of source.read(file.name, file.size + 1)) {
    read += bytes.length;
    yield bytes;
  }
  if (read !== file.size || differs(file, await source.stat(file.name))) throw new FileChanged();
}

/** A code or class, never the text: a driver's message may carry what it was given. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** What the passes of one poller remember of a place: no more than the place holds. */
export class Passes {
  readonly #options: PassOptions;
  readonly #matches: (name: string) => boolean;
  readonly #stability: Stability;
  /** Names already warned about, and files left in place that are stored. */
  #warned = new Set<string>();
  #stored = new Map<string, string>();

  constructor(options: PassOptions) {
    const { rules } = options;
    this.#options = options;
    this.#matches = globMatcher(rules.match);
    this.#stability = new Stability(rules.stablePolls ?? 2, (rules.stableFor ?? 0) * 1000);
  }

  /** Looks once and takes what is complete. Errors: of the place as a whole; those of single files are in the report. */
  async look(source: FileSource, turn: Turn | null, report: PollReport): Promise<void> {
    const { rules, stopping } = this.#options;
    const all = await walk(source, rules.depth ?? 0);
    const names = new Set(all.map(({ name }) => name));
    this.#warned = new Set([...this.#warned].filter((name) => names.has(name)));
    this.#stored = new Map([...this.#stored].filter(([name]) => names.has(name)));
    const wanted = all.filter((file) => this.#accepts(file, report)).sort((a, b) => (a.name < b.name ? -1 : 1));
    const marker = rules.marker ?? DONE;
    const finished = new Set(wanted.map(({ name }) => name).filter((name) => names.has(name + marker)));
    const stable = this.#stability.observe(wanted, finished);
    const ready = rules.marker === undefined ? stable : stable.filter(({ name }) => finished.has(name));
    report.waiting = wanted.length - ready.length;
    for (const file of ready) {
      if (stopping() || (turn !== null && !(await turn.goOn()))) return;
      turn?.check();
      try {
        if (!(await this.#take(source, file, turn))) continue;
        report.delivered += 1;
        if (finished.has(file.name) && rules.after !== 'leave') await source.remove(file.name + marker);
      } catch (error) {
        turn?.check();
        // One file that cannot be taken must not hold back those beside it; its own error text may contain its name.
        report.failure = `file ${labelOf(file.name)} was not taken (${kindOf(error)})`;
      }
    }
  }

  #accepts(file: Seen, report: PollReport): boolean {
    const { rules } = this.#options;
    const { base } = file;
    if (!isPlainName(base)) return this.#refuse(file, 'its name is not a plain file name', report);
    if (!this.#matches(base) || base.endsWith(rules.marker ?? DONE)) return false;
    if (file.kind !== 'file') return this.#refuse(file, 'it is not a regular file', report);
    if (isUnfinished(base)) return false;
    if (file.size > (rules.maxBytes ?? MAX_BYTES)) return this.#refuse(file, 'it is too large', report);
    return this.#stored.get(file.name) !== `${file.size}/${file.modified}`;
  }

  #refuse({ name }: SourceFile, reason: string, report: PollReport): false {
    report.refused += 1;
    if (!this.#warned.has(name))
      this.#options.log({ level: 'warn', message: `entry ${labelOf(name)} is left alone: ${reason}` });
    this.#warned.add(name);
    return false;
  }

  /** Reads and stores one file; false when it changed meanwhile. */
  async #take(source: FileSource, file: SourceFile, turn: Turn | null): Promise<boolean> {
    const { deliver, spoolFolder, rules, log } = this.#options;
    const delivery: FileDelivery = { name: file.name, content: unchanged(source, file) };
    const wanted = globMatcher(rules.matchInside ?? '*');
    try {
      const { receipts, refused } = await deliverUnpacked(deliver, delivery, { wanted, spoolFolder });
      if (refused !== null)
        log({ level: 'warn', message: `entry ${labelOf(file.name)} is an archive that is not unpacked: ${refused}` });
      turn?.check();
      await this.#finish(source, file, refused === null ? 'archive' : 'error', receipts.at(-1)?.sha256 ?? '');
      return true;
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
      this.#stability.reset(file.name);
      log({ level: 'info', message: `entry ${labelOf(file.name)} changed while it was read; it will be read again` });
      return false;
    }
  }

  /** @throws FileChanged when another file has taken the place of the one that was read; it is back in its place. */
  async #finish(source: FileSource, file: SourceFile, box: Box, sha256: string): Promise<void> {
    const { after } = this.#options.rules;
    if (after === 'leave') {
      this.#stored.set(file.name, `${file.size}/${file.modified}`);
      return;
    }
    if (after === 'archive' && (await this.#move(source, file, box, sha256))) return;
    if (differs(file, await source.stat(file.name))) throw new FileChanged();
    await source.remove(file.name);
  }

  /** False when the same bytes lie in the box already. */
  async #move(source: FileSource, file: SourceFile, box: Box, sha256: string): Promise<boolean> {
    const plain = file.name.replaceAll('/', '__');
    // The plain name may be taken by another file of that name, the one with the hash only by the same bytes.
    for (const as of [plain, `${plain}.${sha256.slice(0, 16)}`]) {
      let moved: SourceFile | null;
      try {
        moved = await source.move(file.name, box, as);
      } catch (error) {
        if ((await source.stat(file.name)) === null) throw error;
        continue;
      }
      if (!differs(file, moved)) return true;
      await source.restore(file.name, box, as);
      throw new FileChanged();
    }
    return false;
  }
}
