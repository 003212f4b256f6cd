/** The name a person probably meant, for messages about a missing column or an unknown option. */

const LONGEST = 40;

/** Edits that turn one name into the other (Levenshtein); names are cut to 40 characters, so a strange file costs little. */
function distance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/** Index of the nearest of the first 200 names, -1 when none shares at least half of its letters. */
export function nearestName(wanted: string, names: readonly string[]): number {
  const short = wanted.slice(0, LONGEST);
  let best = -1;
  let least = Math.floor(short.length / 2) + 1;
  for (const [index, name] of names.slice(0, 200).entries()) {
    const edits = name === '' ? Infinity : distance(short, name.slice(0, LONGEST));
    if (edits < least) [best, least] = [index, edits];
  }
  return best;
}
