/**
 * Walking through the bytes of a payload (contract.ts `Source`): whole when it is small, in chunks when it may be large. Shared
 * by the formats, which see no difference between a message in memory and a file in stored pieces.
 */
import type { Format, FormatContext, Parsed, Source } from './contract.ts';

/** Bytes of one step through a payload: little enough that nobody waits long for the processor meanwhile. */
const STEP_BYTES = 256 * 1024;
/** Units handed over together by formats that read a payload as a whole. */
const UNITS_TOGETHER = 500;

/** A payload that is in memory. */
export const inMemory = (bytes: Uint8Array, step = STEP_BYTES): Source => ({
  size: bytes.length,
  step,
  read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
});

/** All bytes of a payload. */
export const bytesOf = (source: Source): Promise<Uint8Array> => source.read(0, source.size);

/** The bytes from `from` on, step by step; the next are fetched while those before are worked on. */
export async function* stepsOf(source: Source, from = 0): AsyncGenerator<Uint8Array> {
  const { step } = source;
  const fetch = (at: number): Promise<Uint8Array> => {
    const chunk = source.read(at, at + step);
    // Its failure is met where it is awaited, also when the reader has gone away before.
    chunk.catch(() => undefined);
    return chunk;
  };
  let next = from < source.size ? fetch(from) : undefined;
  for (let at = from; next !== undefined; at += step) {
    const chunk = await next;
    next = at + step < source.size ? fetch(at + step) : undefined;
    yield chunk;
  }
}

/** Makes the `read` of a format that reads a payload as a whole; `read` itself may be lazy. */
export const whole = (read: (bytes: Uint8Array, context: FormatContext) => Iterable<Parsed>): Format['read'] =>
  async function* readWhole(source, context) {
    let together: Parsed[] = [];
    for (const unit of read(await bytesOf(source), context)) {
      together.push(unit);
      if (together.length < UNITS_TOGETHER) continue;
      yield together;
      together = [];
    }
    if (together.length > 0) yield together;
  };

/** All units of a payload in memory, for what is not a stage (tests, simulators, previews of small files). */
export async function readAll(format: Format, bytes: Uint8Array, context: FormatContext): Promise<Parsed[]> {
  const units: Parsed[] = [];
  for await (const together of format.read(inMemory(bytes), context)) for (const unit of together) units.push(unit);
  return units;
}
