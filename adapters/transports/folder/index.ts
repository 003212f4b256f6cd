/** Picks files up from a local folder: the way of master data, public reference files and partners with a mounted share. */
import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finishing } from '../../contract.ts';
import { type Pickup, startPickup } from '../../pickup/poller.ts';
import type { FileSource, PickupRules, SourceFile } from '../../pickup/source.ts';

/** A feed's `source.folder`. Read files go to the subfolder `archive`, unreadable ones to `error`. */
export interface FolderConfig extends PickupRules {
  /** Absolute path; made when absent. */
  path: string;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** A file of a folder as it is now; null when it is not there. */
export async function describe(path: string, name: string): Promise<SourceFile | null> {
  try {
    const found = await lstat(join(path, name));
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { name, size: found.size, modified: found.mtimeMs, kind };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const READ_AHEAD_BYTES = 256 * 1024;

/** rename(2) would silently replace a file of that name; link(2) refuses. File systems without links fall back. */
export async function moveWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EMLINK') throw error;
    if ((await lstat(to).catch(() => null)) !== null) throw error;
    await rename(from, to);
  }
}

async function openFolder({ path }: FolderConfig): Promise<FileSource> {
  const boxes = { archive: join(path, 'archive'), error: join(path, 'error') };
  await mkdir(boxes.archive, { recursive: true });
  const isBox = (folder: string, name: string): boolean => folder === '' && name in boxes;
  return {
    async list(folder) {
      const at = join(path, folder);
      const names = (await readdir(at)).filter((name) => !isBox(folder, name));
      const files = await Promise.all(names.map((name) => describe(at, name)));
      return files.filter((file) => file !== null);
    },
    stat: (name) => describe(path, name),
    // A growing file is not followed further.
    read: (name, limit) => createReadStream(join(path, name), { end: limit - 1, highWaterMark: READ_AHEAD_BYTES }),
    async move(name, box, as) {
      if (box === 'error') await mkdir(boxes.error, { recursive: true });
      await moveWithoutReplacing(join(path, name), join(boxes[box], as));
      return describe(boxes[box], as);
    },
    restore: (name, box, as) => moveWithoutReplacing(join(boxes[box], as), join(path, name)),
    remove: (name) => unlink(join(path, name)),
    close: () => Promise.resolve(),
  };
}

/** What the transport is started with. */
export interface FolderStart extends Omit<Pickup, 'open' | 'rules'> {
  config: FolderConfig;
}

/** Polls the folder until stopped. */
export const startFolder = ({ config, ...pickup }: FolderStart): Finishing =>
  startPickup({ ...pickup, open: () => openFolder(config), rules: config });
