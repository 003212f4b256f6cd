/** Tells a finished file from one still being written: the same size and time in several polls in a row, and for a while (F12). */
import type { SourceFile } from './source.ts';

interface Sighting {
  size: number;
  modified: number;
  polls: number;
  /** When it was first seen like this, by our own stopwatch: the clocks of servers differ. */
  since: number;
}

/** Remembers what earlier polls saw. Holds only names of the last poll, so its size is that of the folder. */
export class Stability {
  private sightings = new Map<string, Sighting>();

  /** `stopwatch` counts milliseconds. */
  constructor(
    private readonly stablePolls: number,
    private readonly stableForMs = 0,
    private readonly stopwatch: () => number = () => performance.now(),
  ) {}

  /** Takes a poll's files and gives those that may be read now. `finished` names have a done-marker and need no second look. */
  observe(files: SourceFile[], finished: ReadonlySet<string>): SourceFile[] {
    const now = this.stopwatch();
    const next = new Map<string, Sighting>();
    for (const { name, size, modified } of files) {
      const before = this.sightings.get(name);
      const same = before?.size === size && before.modified === modified;
      next.set(name, {
        size,
        modified,
        polls: same ? before.polls + 1 : 1,
        since: same ? before.since : now,
      });
    }
    this.sightings = next;
    return files.filter(({ name }) => {
      const seen = next.get(name);
      if (finished.has(name) || seen === undefined) return true;
      return seen.polls >= this.stablePolls && now - seen.since >= this.stableForMs;
    });
  }

  /** Forgets a file that changed under the reader: it must be stable again before the next attempt. */
  reset(name: string): void {
    this.sightings.delete(name);
  }
}
