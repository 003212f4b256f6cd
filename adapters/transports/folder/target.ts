/** Delivers files into a local folder, such as a share that a partner mounts. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileTarget } from '../../pickup/target.ts';
import { describe, moveWithoutReplacing } from './index.ts';

/** Written and on the disk: a rename must never be seen before the bytes it names. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o640);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Opens the folder, which must be there: made by the hub it would hide that a share is not mounted. */
export async function openFolderTarget(folder: string): Promise<FileTarget> {
  await readdir(folder);
  return {
    async list() {
      const found = await Promise.all((await readdir(folder)).map((name) => describe(folder, name)));
      return found.filter((file) => file !== null);
    },
    write: (name, bytes) => writeDurably(join(folder, name), bytes),
    async rename(from, to) {
      await moveWithoutReplacing(join(folder, from), join(folder, to));
      await syncFolder(folder);
    },
    async sha256(name, limit) {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(join(folder, name), { end: limit - 1 }))
        if (Buffer.isBuffer(chunk)) hash.update(chunk);
      return hash.digest('hex');
    },
    remove: (name) => unlink(join(folder, name)),
    close: () => Promise.resolve(),
  };
}
