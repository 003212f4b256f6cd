/**
 * Ids that sort by the time they were made, so that any process can insert in batches without asking the database. The
 * library would draw from the system's randomness for each id, a tenth of the time that deciding takes: here it is drawn for
 * many at once, and the counter that keeps the ids of a millisecond in order is kept here as well.
 */
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const pool = new Uint8Array(BYTES * 256);
let drawn = pool.length;
let msecs = -1;
/** 32 bits; starts in the lower half of its range in each millisecond, so that it does not run over within it. */
let seq = 0;

/** A new uuid v7; later ones of a process sort behind earlier ones. */
export function newId(): string {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const random = pool.subarray(drawn, drawn + BYTES);
  drawn += BYTES;
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else if (seq === 0xff_ff_ff_ff) {
    msecs += 1;
    seq = 0;
  } else seq += 1;
  return v7({ random, msecs, seq });
}

/** The lowest id that could be made at an instant: earlier ids sort before it. */
export function firstIdOf(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
