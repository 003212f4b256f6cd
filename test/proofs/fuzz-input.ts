/** What the fuzzed readers of files share: damage, and what every unit must look like. */
import { type Format, type FormatContext, HeldPayload, type Parsed } from '../../adapters/contract.ts';
import { inMemory } from '../../adapters/source.ts';

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

/** Reads an input. @throws what the reader should not have thrown, or what is wrong with its units. */
export async function readInput(format: Format, bytes: Uint8Array, context: FormatContext): Promise<void> {
  const positions = new Set<string>();
  try {
    // Cut into steps of any size: where they end must make no difference to what may go wrong.
    for await (const units of format.read(
      inMemory(bytes, bytes.length > 10_000 ? undefined : 1 + (bytes.length % 97)),
      context,
    ))
      for (const unit of units) {
        check(unit);
        if (positions.has(unit.position)) throw new Error(`two units at ${unit.position}`);
        positions.add(unit.position);
      }
  } catch (error) {
    if (!(error instanceof HeldPayload) || positions.size > 0) throw error;
  }
}
