/**
 * National Drug Codes, normalised as DOMAIN.md 3 says: hyphenated 10-digit codes become 5-4-2 by padding the short
 * segment; 11 bare digits are kept; 10 bare digits are ambiguous and stay so until the directory is asked.
 */

/** What the text alone tells. `candidates` are the 11-digit forms that the directory must choose from. */
export type NdcReading =
  | { kind: 'EXACT'; ndc11: string }
  | { kind: 'AMBIGUOUS'; candidates: string[] }
  | { kind: 'SHORT'; ndc11: string }
  | { kind: 'UNREADABLE' };

const pad = (labeler: string, product: string, pack: string): string =>
  labeler.padStart(5, '0') + product.padStart(4, '0') + pack.padStart(2, '0');

/** Reads an NDC as sent. 12-digit 6-4-2 (FDA, 2033) is kept as it stands. */
export function readNdc(text: string): NdcReading {
  const value = text.trim();
  const parts = value.split('-');
  if (parts.length === 3 && parts.every((part) => /^\d+$/.test(part))) {
    const [labeler = '', product = '', pack = ''] = parts;
    const shape = `${labeler.length}-${product.length}-${pack.length}`;
    if (['4-4-2', '5-3-2', '5-4-1', '5-4-2'].includes(shape))
      return { kind: 'EXACT', ndc11: pad(labeler, product, pack) };
    if (shape === '6-4-2') return { kind: 'EXACT', ndc11: labeler + product + pack };
    return { kind: 'UNREADABLE' };
  }
  if (!/^\d{1,12}$/.test(value)) return { kind: 'UNREADABLE' };
  if (value.length >= 11) return { kind: 'EXACT', ndc11: value };
  if (value.length === 10) return { kind: 'AMBIGUOUS', candidates: expansions(value) };
  return { kind: 'SHORT', ndc11: value.padStart(11, '0') };
}

/** The three 11-digit expansions of a bare 10-digit code (4-4-2, 5-3-2, 5-4-1). */
export function expansions(ndc10: string): string[] {
  const four = pad(ndc10.slice(0, 4), ndc10.slice(4, 8), ndc10.slice(8));
  const three = pad(ndc10.slice(0, 5), ndc10.slice(5, 8), ndc10.slice(8));
  const one = pad(ndc10.slice(0, 5), ndc10.slice(5, 9), ndc10.slice(9));
  return [...new Set([four, three, one])];
}
