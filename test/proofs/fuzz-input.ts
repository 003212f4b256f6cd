/** What the fuzzed readers of files share: inputs and their damage, and what every unit must look like. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Format, type FormatContext, HeldPayload, type Parsed } from '../../adapters/contract.ts';
import { inMemory } from '../../adapters/source.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { FuzzedReader } from './fuzz-files.ts';

/** One of these. */
export function pick<T>(from: readonly T[], random: () => number): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
}

/** Some characters lost, doubled, changed or swapped for pieces of the syntax; now and then cut off. */
export function damaged(text: string, pieces: readonly string[], random: () => number): string {
  let result = text;
  for (let times = Math.floor(random() * 8); times > 0; times -= 1) {
    const at = Math.floor(random() * result.length);
    const length = Math.floor(random() * random() * 40);
    const put = random() < 0.4 ? pick(pieces, random) : random() < 0.5 ? result.slice(at, at + length * 2) : '';
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return random() < 0.2 ? result.slice(0, Math.floor(random() * result.length)) : result;
}

/** What is wrong with a unit. */
function check({ position, records, errors, ignored }: Parsed): void {
  if (position === '') throw new Error('a unit without a position');
  if (records.length + errors.length + (ignored === undefined ? 0 : 1) === 0)
    throw new Error(`the unit at ${position} says nothing`);
  if (errors.some(({ original }) => original.length > 200)) throw new Error(`a long original at ${position}`);
}

/** Steps of a handful of bytes for short inputs; few enough of them for longer ones. */
const stepFor = (length: number): number | undefined =>
  length > 10_000 ? undefined : 1 + (length % 97) * Math.ceil(length / 500);

/** Reads an input. @throws what the reader should not have thrown, or what is wrong with its units. */
export async function readInput(format: Format, bytes: Uint8Array, context: FormatContext): Promise<void> {
  const positions = new Set<string>();
  try {
    // Cut into steps of any size: where they end must make no difference to what may go wrong.
    for await (const units of format.read(inMemory(bytes, stepFor(bytes.length)), context))
      for (const unit of units) {
        check(unit);
        if (positions.has(unit.position)) throw new Error(`two units at ${unit.position}`);
        positions.add(unit.position);
      }
  } catch (error) {
    if (!(error instanceof HeldPayload) || positions.size > 0) throw error;
  }
}

/** A context of a feed with these options. */
export const contextOf = (options: Record<string, unknown>): FormatContext => ({
  feed: 'fuzz',
  zone: 'America/Chicago',
  sha256: '',
  options,
});

/** The text of a format's sample, one character a byte. */
export const sample = (format: string, name: string): string =>
  readFileSync(join('adapters', 'formats', format, 'samples', name), 'latin1');

/** Any of these texts. */
export const oneOf =
  (texts: readonly string[]) =>
  (random: () => number): string =>
    pick(texts, random);

const encoder = new TextEncoder();

/** Makes large inputs: a piece again and again. */
export const repeated =
  (before: string, piece: string, after = '') =>
  (size: number): Uint8Array =>
    encoder.encode(`${before}${piece.repeat(size)}${after}`);

/** What a reader is fuzzed with. */
export interface Seed {
  name: string;
  format: Format;
  /** A file as somebody may have meant it, one character a byte. */
  text: (random: () => number) => string;
  contexts: readonly FormatContext[];
  /** Pieces of its syntax. */
  pieces: readonly string[];
  large: FuzzedReader['large'];
}

/** A reader to be fuzzed: bytes without meaning, pieces of syntax in any order, and damaged files. */
export function fuzzed({ name, format, text, contexts, pieces, large }: Seed): FuzzedReader {
  const inputOf = (random: () => number): Uint8Array => {
    const kind = random();
    if (kind < 0.1) return Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));
    if (kind < 0.25)
      return encoder.encode(Array.from({ length: Math.floor(random() * 60) }, () => pick(pieces, random)).join(''));
    const meant = random() < 0.2 ? text(random) + text(random) : text(random);
    const bytes = Buffer.from(damaged(meant, pieces, random), 'latin1');
    if (random() < 0.1 && bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return bytes;
  };
  return {
    name,
    async read(seed, index) {
      const random = seededRandom(seed * 1_000_003 + index);
      await readInput(format, inputOf(random), pick(contexts, random));
    },
    large,
    async readLarge(bytes) {
      for (const context of contexts) await readInput(format, bytes, context);
    },
  };
}
