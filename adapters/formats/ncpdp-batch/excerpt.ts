/** The records at some positions (`batch 1 G1 12 transaction 2`, `99 trailer 1`) of a batch file, for people. */
import type { Excerpt, Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { HEAD_BYTES, type Marks, marksOf } from './notation.ts';
import { PieceCutter, searched } from './pieces.ts';
import { decodeRecord } from './text.ts';

/** Bytes kept of a record. */
const RECORD_MOST = 16 * 1024;
const LINE_FEED = Buffer.from('\n');

/** The pieces of a file behind a mark, each up to its end; cut where they are very long. */
async function* piecesOf(
  source: Source,
  mark: (marks: Marks) => Buffer,
): AsyncGenerator<{ ordinal: number; body: string }> {
  const marks = marksOf(await source.read(0, HEAD_BYTES));
  const cutter = new PieceCutter(mark(marks));
  const stop = searched(marks.end);
  const pieces = function* (): Generator<{ ordinal: number; body: string }> {
    while (cutter.next()) {
      const { bytes, from, to, ordinal } = cutter;
      const kept = bytes.subarray(from, Math.min(to, from + RECORD_MOST));
      const end = kept.indexOf(stop);
      const sent = kept.toString('latin1', 0, end === -1 ? kept.length : end);
      yield { ordinal, body: decodeRecord(marks.translate(sent)) };
    }
  };
  for await (const step of stepsOf(source)) {
    cutter.push(step);
    yield* pieces();
  }
  cutter.end();
  yield* pieces();
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
  const wanted = Map.groupBy(positions, (position) => position.replace(/ transaction \d+$/, ''));
  const places = new Positions();
  // Where positions are lines there are no records.
  const isBare = [...wanted.keys()].some((place) => place.startsWith('line '));
  for await (const { ordinal, body } of piecesOf(source, ({ start }) => (isBare ? LINE_FEED : start)))
    for (const place of isBare ? [`line ${ordinal + 1}`] : ordinal === 0 ? [] : places.of(body))
      for (const position of wanted.get(place) ?? []) yield { position, lines: linesOf(body) };
}
