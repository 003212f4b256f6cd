/**
 * How many billing units a package holds, from the FDA's package description:
 * `3 BLISTER PACK in 1 CARTON (0002-1111-03)  > 10 TABLET in 1 BLISTER PACK` is 30 EA. Quantities of nested levels multiply; the
 * innermost level says what is counted. NCPDP bills liquids in ML, solids by weight in GM, everything that is counted in EA.
 */
import { QUANTITY, readDecimal, scaled } from '../../../src/model/decimal-text.ts';

/** Size in billing units, or why it could not be read. */
export type PackageSize = { size: string; unit: 'EA' | 'ML' | 'GM' } | { problem: string };

interface Level {
  quantity: string;
  /** `TABLET, FILM COATED`, `mL`, `VIAL`. */
  counted: string;
  /** How many containers share the quantity: nearly always 1. */
  per: string;
  text: string;
}

/** Measured contents: the billing unit and how many of it one is. Names are case sensitive, as in the file. */
const MEASURES: ReadonlyMap<string, { unit: 'ML' | 'GM'; factor: bigint }> = new Map([
  ['mL', { unit: 'ML', factor: 1n }],
  ['L', { unit: 'ML', factor: 1000n }],
  ['g', { unit: 'GM', factor: 1n }],
  ['kg', { unit: 'GM', factor: 1000n }],
]);
/** Dosage forms and containers are written in capitals; measures that are not billed (mg, [iU], mCi) are not. */
const COUNTED = /^[A-Z][A-Z ,;/()0-9-]{1,200}$/;
/** Counted in puffs, billed by weight or volume, which the description does not tell. */
const PUFFS = /^(AEROSOL|SPRAY)\b/;
const LARGE = { whole: 11, fraction: 6 };
const DEEPEST = 12;

function readLevel(text: string): Level | undefined {
  const space = text.indexOf(' ');
  const inside = text.indexOf(' in ');
  if (space < 0) return undefined;
  const quantity = readDecimal(text.slice(0, space), LARGE);
  const container = inside < 0 ? '1' : text.slice(inside + 4).trim();
  const per = readDecimal(container.split(' ', 1)[0] ?? '', LARGE);
  if (quantity === null || per === null || quantity.startsWith('-') || per.startsWith('-') || per === '0')
    return undefined;
  return { quantity, counted: text.slice(space + 1, inside < 0 ? undefined : inside).trim(), per, text };
}

/** The levels from the described package inwards; a kit (`*` joins its parts) is billed as a whole, so its parts are left out. */
function levelsOf(description: string, packageNdc: string): Level[] | undefined {
  const [whole = '', ...parts] = description.split('*');
  const levels: Level[] = [];
  for (const text of whole.split('>')) {
    const level = readLevel(text.trim());
    if (!level || levels.length >= DEEPEST) return undefined;
    levels.push(level);
  }
  const outermost = levels.findIndex(({ text }) => text.includes(`(${packageNdc})`));
  const described = levels.slice(Math.max(outermost, 0));
  const kit = described.findIndex(({ counted }) => counted === 'KIT');
  if (parts.length > 0 && kit < 0) return undefined;
  return kit < 0 ? described : described.slice(0, kit + 1);
}

/** Reads a package description. `packageNdc` is the package's own code, which marks its level when outer ones are described too. */
export function packageSize(description: string, packageNdc: string): PackageSize {
  const levels = levelsOf(description, packageNdc);
  const counted = levels?.at(-1)?.counted;
  if (!levels || counted === undefined)
    return { problem: 'expected nested levels, each a number, what it counts and a container' };
  const measure = MEASURES.get(counted);
  if (!measure && !COUNTED.test(counted)) return { problem: 'the innermost unit of measure is not one that is billed' };
  if (PUFFS.test(counted)) return { problem: 'puffs are counted, which are not billed' };
  let numerator = measure?.factor ?? 1n;
  let denominator = 1n;
  for (const { quantity, per } of levels) {
    numerator *= scaled(quantity, LARGE.fraction);
    denominator *= scaled(per, LARGE.fraction);
  }
  // In thousandths of a billing unit, the finest that a quantity can be.
  const product = numerator * 1000n;
  if (numerator === 0n || product % denominator !== 0n)
    return { problem: 'the levels do not multiply to whole thousandths' };
  const thousandths = product / denominator;
  const size = readDecimal(`${thousandths / 1000n}.${String(thousandths % 1000n).padStart(3, '0')}`, QUANTITY);
  return size === null
    ? { problem: 'the levels multiply to more than a quantity can hold' }
    : { size, unit: measure?.unit ?? 'EA' };
}
