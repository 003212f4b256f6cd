/** Which drug a line names: the qualifier/value pairs of IT1, PO1, LIN and ACK. */
import type { Segment } from './parse.ts';

/**
 * Qualifiers of a drug code (element 235), best first, and where ten bare digits under them are to be cut. N4 is 5-4-2; ND does
 * not say its form; N1 to N3 say what the text alone does not.
 */
const DRUG_CODES = ['N4', 'ND', 'N1', 'N2', 'N3'];
const CUTS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['N1', [4, 8]],
  ['N2', [5, 8]],
  ['N3', [5, 9]],
]);
const LONGEST = 64;
/** The standard has room for ten pairs. */
const MOST_ELEMENTS = 20;

/** The NDC of the product pairs that begin at element `first`, wherever its pair stands; null = none. */
export function ndcText(segment: Segment, first: number): string | null {
  let best = DRUG_CODES.length;
  let value = '';
  for (let at = first; best > 0 && at < first + MOST_ELEMENTS; at += 2) {
    const rank = DRUG_CODES.indexOf(segment.element(at));
    if (rank >= 0 && rank < best) {
      const code = segment.element(at + 1);
      if (code !== '') [best, value] = [rank, code];
    }
  }
  if (value === '') return null;
  const cuts = CUTS.get(DRUG_CODES[best] ?? '');
  if (!cuts || !/^\d{10}$/.test(value)) return value.slice(0, LONGEST);
  return `${value.slice(0, cuts[0])}-${value.slice(cuts[0], cuts[1])}-${value.slice(cuts[1])}`;
}

/** Units of weight and volume (element 355): such a quantity does not count packages. */
export const MEASURES = new Set(['ML', 'LT', 'GR', 'GM', 'KG', 'ME', 'MC', 'OZ', 'FO', 'LB', 'GA', 'PT', 'QT']);
