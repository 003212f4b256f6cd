/**
 * The first walk through a batch file: whether it is whole (12.19), and where its requests and responses stand, since an answer
 * may stand far behind its request or before it. Nothing is parsed and no text is made.
 */
import type { Source } from '../../contract.ts';
import { stepsOf } from '../../source.ts';
import { BatchWalk, BODY_AT, REFERENCE_AT } from './envelope.ts';
import type { Marks } from './notation.ts';
import { type Kind, PairIndex } from './pairs.ts';
import { PieceCutter } from './pieces.ts';
import { Remarks } from './remarks.ts';

const LETTER_A = 0x41;
const LETTER_D = 0x44;
const LETTER_R = 0x52;
const DIGIT_0 = 0x30;

/**
 * Walks through a batch file. Undefined = it has no record at all.
 * @throws HeldPayload when a run has no trailer or the file has no header.
 */
export async function surveyBatch(source: Source, marks: Marks, from: number): Promise<PairIndex | undefined> {
  const cutter = new PieceCutter(marks.start, from);
  const walk = new BatchWalk(marks.end, new Remarks());
  const pairs = new PairIndex();
  let run: BatchWalk['run'] = null;
  const take = (): void => {
    while (cutter.next()) {
      const isDetail = walk.take(cutter);
      if (walk.run !== run) {
        run = walk.run;
        if (run) pairs.inBatch(run.batchId);
      }
      // What is wrong is told by the second walk.
      walk.faults();
      if (isDetail) note(pairs, cutter, walk);
    }
  };
  for await (const bytes of stepsOf(source, from)) {
    cutter.push(bytes);
    take();
  }
  cutter.end();
  take();
  if (cutter.ordinal === 0) return undefined;
  walk.finish();
  return pairs;
}

function note(pairs: PairIndex, { bytes, from, offset }: PieceCutter, { end, run }: BatchWalk): void {
  const body = from + BODY_AT;
  const kind = kindAt(bytes, body, end);
  if (kind === null) return;
  const reference = { bytes, from: from + REFERENCE_AT, to: Math.min(body, end) };
  pairs.add(kind, reference, { offset: offset + BODY_AT, length: end - body, isTest: run?.test === true });
}

/** What the transmission is that stands here, by its header; null = no D.0. */
export function kindAt(bytes: Uint8Array, from: number, end: number): Kind | null {
  if (isD0(bytes, from + 6, end)) return 'request';
  const status = bytes[from + 5];
  return isD0(bytes, from, end) && from + 5 < end && (status === LETTER_A || status === LETTER_R) ? 'response' : null;
}

const isD0 = (bytes: Uint8Array, at: number, end: number): boolean =>
  at + 1 < end && bytes[at] === LETTER_D && bytes[at + 1] === DIGIT_0;
