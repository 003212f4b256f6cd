/** X12 transaction sets: each from ST to SE as it was sent under its interchange and group headers, followed by its reasons. */
import type { ReasonsAt } from './index.ts';

const ISA_ELEMENTS = 16;
const BLANK = /[\s\u00EF\u00BB\u00BF]/;

interface Piece {
  name: string;
  /** With its terminator. */
  text: string;
}

/** Element separator and terminator as an ISA declares them; undefined = it is none. */
function separatorsAt(text: string, at: number): { element: string; terminator: string } | undefined {
  if (!text.startsWith('ISA', at)) return undefined;
  const element = text.charAt(at + 3);
  let offset = at + 3;
  for (let count = 1; count < ISA_ELEMENTS; count += 1) offset = text.indexOf(element, offset + 1);
  let end = offset + 2;
  while (text.charAt(end) === ' ') end += 1;
  return { element, terminator: text.charAt(end) };
}

/** The segments with their own bytes. */
function* segments(text: string): Generator<Piece> {
  let separators: { element: string; terminator: string } | undefined;
  for (let at = 0; at < text.length;) {
    while (BLANK.test(text.charAt(at))) at += 1;
    separators = separatorsAt(text, at) ?? separators;
    if (separators === undefined || at >= text.length) return;
    const end = text.indexOf(separators.terminator, at);
    const stop = end === -1 ? text.length : end + 1;
    const piece = text.slice(at, stop);
    yield { name: piece.split(separators.element, 1)[0] ?? '', text: piece };
    at = stop;
  }
}

/** `ISA 1 GS 1 ST 3`. */
export function cutSets(text: string, reasons: ReasonsAt): { text: string; records: number } {
  const out: string[] = [];
  const counts = { ISA: 0, GS: 0, ST: 0 };
  let headers: { isa: string; gs: string } = { isa: '', gs: '' };
  let taking = '';
  let records = 0;
  const finish = (): void => {
    for (const { position, field, message } of reasons.get(taking) ?? [])
      out.push(`*** ${position} ${field}: ${message}\n`);
    taking = '';
  };
  for (const { name, text: piece } of segments(text)) {
    if (name === 'ISA' || name === 'GS' || name === 'ST') finish();
    if (name === 'ISA') {
      Object.assign(counts, { ISA: counts.ISA + 1, GS: 0, ST: 0 });
      headers = { isa: piece, gs: '' };
    } else if (name === 'GS') {
      Object.assign(counts, { GS: counts.GS + 1, ST: 0 });
      headers.gs = piece;
    } else if (name === 'ST') {
      counts.ST += 1;
      const place = `ISA ${counts.ISA} GS ${counts.GS} ST ${counts.ST}`;
      if (reasons.has(place)) {
        taking = place;
        records += 1;
        for (const header of [headers.isa, headers.gs]) if (header !== '') out.push(`${header}\n`);
      }
    }
    if (taking !== '') out.push(`${piece}\n`);
    if (name === 'SE') finish();
  }
  finish();
  return { text: out.join(''), records };
}
