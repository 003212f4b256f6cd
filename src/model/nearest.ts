/** "Did you mean": the known name closest to a mistyped one. */

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1)
      row.push(
        Math.min(
          (previous[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** Longer names are cut and more names not looked at: what a stranger's file holds must cost little. */
const LONGEST = 60;
const MOST = 200;

/** The closest of `known` within half of the name's letters (at least two edits), or null. */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = name.slice(0, LONGEST).toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 2)) + 1;
  for (const candidate of [...known].slice(0, MOST)) {
    const edits = candidate === '' ? Infinity : distance(wanted, candidate.slice(0, LONGEST).toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}
