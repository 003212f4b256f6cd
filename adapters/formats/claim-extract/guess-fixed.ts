/** Where the fields of lines of fixed width probably stand, and whether lines of several kinds (header, detail, trailer) are mixed. */

/** First position from 1, and length. */
export type Place = readonly [number, number];

/** Kinds of lines that are told apart by the letters that they begin with. */
export interface LineKinds {
  /** Of the letters. */
  length: number;
  detail: string;
  /** Of lines that carry nothing. */
  others: readonly string[];
  /** The last line, if it has a kind of its own and carries a number. */
  trailer: { prefix: string; place: Place; value: string } | null;
  /** The detail lines. */
  lines: readonly string[];
}

const LONGEST_KIND = 4;
/** Share of the lines that must be details. */
const MOST = 0.8;

/** The kinds of lines; null when all lines are of one kind, or it cannot be told. */
export function guessKinds(lines: readonly string[]): LineKinds | null {
  for (let length = LONGEST_KIND; length > 0; length--) {
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line.slice(0, length), (counts.get(line.slice(0, length)) ?? 0) + 1);
    const [[detail, most] = ['', 0], ...others] = [...counts].sort((a, b) => b[1] - a[1]);
    const named = [...counts.keys()].every((kind) => kind.length === length && /^[A-Z]+$/i.test(kind));
    if (!named || others.length === 0 || others.length > 4 || most < lines.length * MOST) continue;
    const last = lines.at(-1) ?? '';
    const digits = last.startsWith(detail) ? null : /\d{1,12}/.exec(last.slice(length));
    const place: Place = [length + (digits?.index ?? 0) + 1, digits?.[0].length ?? 0];
    const trailer = digits === null ? null : { prefix: last.slice(0, length), place, value: digits[0] };
    return {
      length,
      detail,
      others: others.map(([kind]) => kind).filter((kind) => kind !== trailer?.prefix),
      trailer,
      lines: lines.filter((line) => line.startsWith(detail)),
    };
  }
  return null;
}

type Sort = 'blank' | 'letters' | 'digits' | 'mixed';

/** What stands at a position over all lines. */
function sortAt(lines: readonly string[], at: number): Sort {
  const signs = new Set(lines.map((line) => line.charAt(at)));
  signs.delete(' ');
  if (signs.size === 0) return 'blank';
  const all = [...signs];
  if (all.every((sign) => /\d/.test(sign))) return 'digits';
  return all.every((sign) => /[A-Za-z]/.test(sign)) ? 'letters' : 'mixed';
}

/**
 * Fields from `from` on: runs of positions that are blank in every line separate them, and so does a change from letters in every
 * line to digits in every line. Where fields of one sort touch nothing in the lines tells.
 */
export function guessFields(lines: readonly string[], from = 0): ReadonlyMap<string, Place> {
  const lengths = new Map<number, number>();
  for (const { length } of lines) lengths.set(length, (lengths.get(length) ?? 0) + 1);
  const usual = [...lengths].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const whole = lines.filter((line) => line.length === usual);
  const fields = new Map<string, Place>();
  let start = -1;
  let before: Sort = 'blank';
  for (let at = from; at <= usual; at++) {
    const sort = at === usual ? 'blank' : sortAt(whole, at);
    const turns = `${before} ${sort}` === 'letters digits' || `${before} ${sort}` === 'digits letters';
    if (start >= 0 && (sort === 'blank' || turns)) {
      fields.set(`C${fields.size + 1}`, [start + 1, at - start]);
      start = -1;
    }
    if (start < 0 && sort !== 'blank') start = at;
    before = sort;
  }
  return fields;
}
