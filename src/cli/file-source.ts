/** A local file as a format reads it. */
import { open } from 'node:fs/promises';
import type { Source } from '../../adapters/contract.ts';
import { UsageError } from './output.ts';

const STEP_BYTES = 256 * 1024;

/** Runs `work` with the file open. @throws UsageError when there is none. */
export async function withFile<T>(path: string, work: (source: Source) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r').catch(() => {
    throw new UsageError(`${path} cannot be read`);
  });
  try {
    const { size } = await handle.stat();
    return await work({
      size,
      step: STEP_BYTES,
      read: async (from, to) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.subarray(0, bytesRead);
      },
    });
  } finally {
    await handle.close();
  }
}
