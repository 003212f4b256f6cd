/** A sample on disk as formats read payloads. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { Source } from '../../../adapters/contract.ts';
import { UsageError } from '../output.ts';

const STEP_BYTES = 1024 * 1024;

/** The file as a source; it is read piece by piece, so its size does not matter. @throws UsageError when there is none. */
export function fileSource(path: string): Source {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw new UsageError(`${path} is not a file`);
  return {
    size: statSync(path).size,
    step: STEP_BYTES,
    read: (from, to) => Promise.resolve(readRange(path, from, to)),
  };
}

function readRange(path: string, from: number, to: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(to, fstatSync(file).size) - from));
    const length = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, from);
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
