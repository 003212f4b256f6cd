/** NCPDP batch records: each G1 record with its control characters as it was sent, followed by its reasons. */
import { HEAD_BYTES, marksOf } from '../formats/ncpdp-batch/notation.ts';
import type { ReasonsAt } from './index.ts';

/** `batch 1 G1 12`. */
export function cutBatchRecords(text: string, reasons: ReasonsAt): { text: string; records: number } {
  const marks = marksOf(Buffer.from(text.slice(0, HEAD_BYTES), 'latin1'));
  const [start, stop] = [marks.start.toString('latin1'), marks.end.toString('latin1')];
  const out: string[] = [];
  let [run, detail, records] = [0, 0, 0];
  for (const piece of text.split(start).slice(1)) {
    const end = piece.indexOf(stop);
    if (piece.startsWith('00')) [run, detail] = [run + 1, 0];
    else if (piece.startsWith('G1') && end !== -1) {
      detail += 1;
      const found = reasons.get(`batch ${run} G1 ${detail}`);
      if (found === undefined) continue;
      records += 1;
      out.push(`${start}${piece.slice(0, end + stop.length)}\n`);
      for (const { position, field, message } of found) out.push(`*** ${position} ${field}: ${message}\n`);
    }
  }
  return { text: out.join(''), records };
}
