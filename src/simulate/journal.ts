/** What the other side has taken, kept on disk: after a crash the simulators go on where they were and can be asked what was acknowledged. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

/** Append-only list of lines in a file; one line is one thing taken. */
export class Journal {
  private readonly lines: Set<string>;

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // A line without its end was cut off by a crash: it counts as not written.
    const complete = text.slice(0, text.lastIndexOf('\n') + 1);
    this.lines = new Set(complete.split('\n').filter((line) => line !== ''));
    if (text !== complete) truncateSync(path, Buffer.byteLength(complete));
  }

  has(line: string): boolean {
    return this.lines.has(line);
  }

  add(line: string): void {
    if (this.lines.has(line)) return;
    this.lines.add(line);
    appendFileSync(this.path, `${line}\n`);
  }

  /** How many there are. */
  get size(): number {
    return this.lines.size;
  }

  /** All of them, in the order in which they were taken. */
  entries(): string[] {
    return [...this.lines];
  }
}
