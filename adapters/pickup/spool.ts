/**
 * A packed file while it is unpacked, on the local disk: archives are read from their end. The file has a name of ours for the
 * moment of its making and none afterwards, so it is nobody's to open and is gone with the process.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from '../contract.ts';

const STEP_BYTES = 256 * 1024;

/** A spooled file; `close` gives its space back. */
export interface Spooled extends Source {
  close(): Promise<void>;
}

/** Writes the content to the spool; rejects with its own error, leaving nothing, when it breaks off. */
export async function spool(
  content: AsyncIterable<Uint8Array>,
  folder = join(tmpdir(), 'hub-spool'),
): Promise<Spooled> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let size = 0;
    for await (const bytes of content) {
      await file.write(bytes, 0, bytes.length, size);
      size += bytes.length;
    }
    return {
      size,
      step: STEP_BYTES,
      async read(from, to) {
        const length = Math.max(0, Math.min(to, size) - from);
        const bytes = Buffer.allocUnsafe(length);
        for (let filled = 0; filled < length;) {
          const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
          if (bytesRead === 0) return bytes.subarray(0, filled);
          filled += bytesRead;
        }
        return bytes;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
