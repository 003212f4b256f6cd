/**
 * Which row of OPAIS is the parent of a child site. The file has no field for it; the 340B ID says it, in three ways:
 *
 * - hospitals and newer grantees number their sites: `CAH531304-02` belongs to `CAH531304-00`;
 * - older grantees end in 0 and their sites have letters in its place: `BL03074A` belongs to `BL030740`;
 * - other sites have letters behind the whole id of their parent: `DSH123456A` belongs to `DSH123456`.
 *
 * Letters alone could be either of the last two, so the row that is in the file decides.
 */

const NUMBERED = /^(.{1,40})-(\d{1,4})$/;
const LETTERED = /^(.{0,40}\d)([A-Z]{1,3})$/;

/** 340B ID of the family's parent; `known` are the 340B IDs of the whole file. A parent, or a site whose parent is not in the file, is its own. */
export function parentOf(id340b: string, known: ReadonlySet<string>): string {
  const numbered = NUMBERED.exec(id340b);
  // The numbering leaves no doubt, so the parent is named even when its row is missing.
  if (numbered) return `${numbered[1]}-${'0'.repeat(numbered[2]?.length ?? 2)}`;
  const stem = LETTERED.exec(id340b)?.[1];
  if (stem === undefined) return id340b;
  return [`${stem}0`, stem].find((candidate) => known.has(candidate)) ?? id340b;
}
