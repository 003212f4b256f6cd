/** The records at some positions (`batch 1 G1 12 transaction 2`, `99 trailer 1`) of a batch file, for people. */
import type { Excerpt, Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';

const STX = 0x02;
const ETX = 0x03;
/** Bytes kept of a record. */
const RECORD_MOST = 16 * 1024;
const utf8 = new TextDecoder();

/** The records of a file, each up to its end; cut where they are very long. */
async function* recordsOf(source: Source): AsyncGenerator<string> {
  let kept: Uint8Array[] | undefined;
  let size = 0;
  const bodyOf = (parts: readonly Uint8Array[]): string => utf8.decode(Buffer.concat(parts));
  for await (const step of stepsOf(source)) {
    let start = 0;
    const keep = (end: number): void => {
      const part = Uint8Array.from(step.subarray(start, Math.min(end, start + Math.max(0, RECORD_MOST - size))));
      kept?.push(part);
      size += part.length;
    };
    for (let at = 0; at < step.length; at += 1) {
      const byte = step[at];
      if (byte !== STX && (byte !== ETX || kept === undefined)) continue;
      keep(at);
      if (kept) yield bodyOf(kept);
      kept = byte === STX ? [] : undefined;
      size = 0;
      start = at + 1;
    }
    keep(step.length);
  }
  if (kept) yield bodyOf(kept);
}

/** Separators that can be seen: one segment a line. */
const linesOf = (body: string): string[] =>
  body
    .replaceAll('\u001C', '␜')
    .replaceAll('\u001D', '␝')
    .split('\u001E')
    .map((segment, index) => (index === 0 ? segment : `␞${segment}`));

/** Positions that are about a record; those of transactions are about their record. */
class Positions {
  #run = 0;
  #detail = 0;
  #record = 0;

  of(body: string): string[] {
    const kind = body.slice(0, 2);
    this.#record += 1;
    const record = `record ${this.#record}`;
    if (kind === '00') {
      this.#run += 1;
      this.#detail = 0;
      return [`00 header ${this.#run}`, record];
    }
    if (kind === '99') return [`99 trailer ${this.#run}`, record];
    if (kind !== 'G1') return [record];
    this.#detail += 1;
    return [`batch ${this.#run} G1 ${this.#detail}`, record];
  }
}

/** What stands at these positions. */
export async function* excerpts(source: Source, positions: ReadonlySet<string>): AsyncGenerator<Excerpt> {
  const places = new Positions();
  const wanted = Map.groupBy(positions, (position) => position.replace(/ transaction \d+$/, ''));
  for await (const body of recordsOf(source))
    for (const place of places.of(body))
      for (const position of wanted.get(place) ?? []) yield { position, lines: linesOf(body) };
}
