/** NCPDP batch records: each G1 record with its control characters as it was sent, followed by its reasons. */
import { ETX, STX } from '../formats/ncpdp-batch/envelope.ts';
import type { ReasonsAt } from './index.ts';

/** `batch 1 G1 12`. */
export function cutBatchRecords(text: string, reasons: ReasonsAt): { text: string; records: number } {
  const out: string[] = [];
  let [run, detail, records] = [0, 0, 0];
  for (const piece of text.split(STX).slice(1)) {
    const end = piece.indexOf(ETX);
    if (piece.startsWith('00')) [run, detail] = [run + 1, 0];
    else if (piece.startsWith('G1') && end !== -1) {
      detail += 1;
      const found = reasons.get(`batch ${run} G1 ${detail}`);
      if (found === undefined) continue;
      records += 1;
      out.push(`${STX}${piece.slice(0, end + 1)}\n`);
      for (const { position, field, message } of found) out.push(`*** ${position} ${field}: ${message}\n`);
    }
  }
  return { text: out.join(''), records };
}
