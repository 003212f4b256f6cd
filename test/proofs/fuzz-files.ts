/**
 * Readers of files against generated input: nothing but a held payload may come out as an exception, every unit says
 * something at a place of its own, and a file eight times as long takes no more than some eight times as long. Seeded: a
 * failing input is found again by its number.
 */
import { fuzzDelimited, fuzzFixed, fuzzNcpdp } from './fuzz-claims.ts';
import { fuzzDirectory, fuzzExclusions, fuzzMaster, fuzzRegister } from './fuzz-tables.ts';
import { fuzzX12 } from './fuzz-x12.ts';
import type { ProofResult } from './run.ts';

/** A reader to be fuzzed. */
export interface FuzzedReader {
  name: string;
  /** Reads input number `index` of a seed. @throws whatever the reader should not have thrown, or what is wrong with its units. */
  read(seed: number, index: number): void | Promise<void>;
  /** Large inputs by kind, `size` pieces long; read by `readLarge`. */
  large: Readonly<Record<string, (size: number) => Uint8Array>>;
  readLarge(bytes: Uint8Array): void | Promise<void>;
}

/** One line per reader. */
const READERS: readonly FuzzedReader[] = [
  fuzzX12,
  fuzzNcpdp,
  fuzzDelimited,
  fuzzFixed,
  fuzzMaster,
  fuzzDirectory,
  fuzzExclusions,
  fuzzRegister,
];
const SMALL = 4_000;
const TIMES = 8;
/** A quadratic reader would take 64 times as long. */
const MOST = TIMES * 3;
/** Shorter than this, a run measures the compiler. */
const LEAST_MS = 10;

/** Processor time, not the clock's: the machine may have other work. */
async function timeOf(reader: FuzzedReader, bytes: Uint8Array): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round += 1) {
    const before = process.cpuUsage();
    await reader.readLarge(bytes);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** Kinds of large input that take more than linear time. */
async function slowKinds(reader: FuzzedReader): Promise<string[]> {
  const slow: string[] = [];
  for (const [kind, make] of Object.entries(reader.large)) {
    const small = await timeOf(reader, make(SMALL));
    const large = await timeOf(reader, make(SMALL * TIMES));
    if (large > MOST * Math.max(small, LEAST_MS)) slow.push(`${kind} (${small.toFixed(1)} -> ${large.toFixed(1)} ms)`);
  }
  return slow;
}

/** Reads `count` inputs with every reader. */
export async function fuzzFiles(count: number, seed: number): Promise<ProofResult> {
  const said: string[] = [];
  for (const reader of READERS) {
    for (let index = 0; index < count; index += 1) {
      try {
        await reader.read(seed, index);
      } catch (error) {
        const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return { holds: false, says: `${reader.name}, input ${index} of seed ${seed}: ${what}` };
      }
      if (index % 200_000 === 199_999) console.error(`${reader.name}: ${index + 1} inputs`);
    }
    const slow = await slowKinds(reader);
    if (slow.length > 0) return { holds: false, says: `${reader.name} is not linear in ${slow.join(', ')}` };
    said.push(`${reader.name} ${count} inputs, ${Object.keys(reader.large).length} kinds of large file linear`);
  }
  return { holds: true, says: said.join('; ') };
}
