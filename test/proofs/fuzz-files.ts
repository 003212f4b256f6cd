/**
 * Readers of files against generated input: nothing but a held payload may come out as an exception, every unit says
 * something at a place of its own, and a file eight times as long takes no more than some eight times as long. Seeded: a
 * failing input is found again by its number.
 */
import { fuzzDelimited, fuzzFixed } from './fuzz-claims.ts';
import { fuzzNcpdp } from './fuzz-ncpdp.ts';
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
/** Small and large by turns, so that what else the machine does falls on both; of each the best counts. */
const ROUNDS = 3;
/** A kind that looks slow is measured so often before it is believed: the other work of a machine comes and goes. */
const TRIES = 3;

/** Processor time of this thread, neither the clock's nor the collector's: the machine may have other work. */
async function timeOf(reader: FuzzedReader, bytes: Uint8Array): Promise<number> {
  const before = process.threadCpuUsage();
  await reader.readLarge(bytes);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Undefined = linear; else the times that say it is not. */
async function slowness(reader: FuzzedReader, make: (size: number) => Uint8Array): Promise<string | undefined> {
  const [few, many] = [make(SMALL), make(SMALL * TIMES)];
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS * TRIES; round += 1) {
    small = Math.min(small, await timeOf(reader, few));
    large = Math.min(large, await timeOf(reader, many));
    if (round % ROUNDS === ROUNDS - 1 && large <= MOST * Math.max(small, LEAST_MS)) return undefined;
  }
  return `${small.toFixed(1)} -> ${large.toFixed(1)} ms`;
}

/** Kinds of large input that take more than linear time. */
async function slowKinds(reader: FuzzedReader): Promise<string[]> {
  const slow: string[] = [];
  for (const [kind, make] of Object.entries(reader.large)) {
    const found = await slowness(reader, make);
    if (found !== undefined) slow.push(`${kind} (${found})`);
  }
  return slow;
}

/** Reads `count` inputs with a reader. @throws what its reading threw, with the number of the input. */
async function readAll(reader: FuzzedReader, count: number, seed: number): Promise<number> {
  const started = process.threadCpuUsage();
  for (let index = 0; index < count; index += 1) {
    try {
      await reader.read(seed, index);
    } catch (error) {
      const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new Error(`${reader.name}, input ${index} of seed ${seed}: ${what}`, { cause: error });
    }
    if (index % 200_000 === 199_999) console.error(`${reader.name}: ${index + 1} inputs`);
  }
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1_000_000;
}

/** Reads `count` inputs with every reader, or with the one that is named. */
export async function fuzzFiles(count: number, seed: number, name?: string): Promise<ProofResult> {
  const readers = READERS.filter((reader) => name === undefined || reader.name === name);
  if (readers.length === 0)
    return { holds: false, says: `no reader ${name}; known: ${READERS.map((reader) => reader.name).join(', ')}` };
  const said: string[] = [];
  for (const reader of readers) {
    try {
      const seconds = await readAll(reader, count, seed);
      const slow = await slowKinds(reader);
      if (slow.length > 0) return { holds: false, says: `${reader.name} is not linear in ${slow.join(', ')}` };
      const rate = Math.round(count / seconds).toLocaleString('en-US');
      said.push(
        `${reader.name} ${count} inputs (${rate} a second of processor time), ${Object.keys(reader.large).length} kinds of large file linear`,
      );
    } catch (error) {
      return { holds: false, says: error instanceof Error ? error.message : String(error) };
    }
  }
  return { holds: true, says: said.join('; ') };
}
