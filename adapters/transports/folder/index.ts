/** Picks files up from a local folder: the way of master data, public reference files and partners with a mounted share. */
import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliverFile, Running } from '../../contract.ts';
import { startPickup } from '../../pickup/poller.ts';
import type { FileSource, PickupRules, PollReport, SourceFile, TransportLog } from '../../pickup/source.ts';

/** A feed's `source.folder`. The archive is the subfolder `archive`. */
export interface FolderConfig extends PickupRules {
  /** Absolute path; made when absent. */
  path: string;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

async function describe(path: string, name: string): Promise<SourceFile | null> {
  try {
    const found = await lstat(join(path, name));
    return { name, size: found.size, modified: found.mtimeMs, regular: found.isFile() };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const READ_AHEAD_BYTES = 256 * 1024;

/** rename(2) would silently replace an archived file of that name; link(2) refuses. File systems without links fall back. */
async function moveWithoutReplacing(from: string, to: string): Promise<void> {
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
  const archive = join(path, 'archive');
  await mkdir(archive, { recursive: true });
  return {
    async list() {
      const names = await readdir(path);
      const files = await Promise.all(names.filter((name) => name !== 'archive').map((name) => describe(path, name)));
      return files.filter((file) => file !== null);
    },
    stat: (name) => describe(path, name),
    // A growing file is not followed further.
    read: (name, limit) => createReadStream(join(path, name), { end: limit - 1, highWaterMark: READ_AHEAD_BYTES }),
    archive: (name, archivedAs) => moveWithoutReplacing(join(path, name), join(archive, archivedAs)),
    remove: (name) => unlink(join(path, name)),
    close: () => Promise.resolve(),
  };
}

/** What the transport is started with. */
export interface FolderStart {
  config: FolderConfig;
  deliver: DeliverFile;
  log: TransportLog;
  onPoll?: (report: PollReport) => void;
}

/** Polls the folder until stopped. */
export const startFolder = ({ config, deliver, log, onPoll }: FolderStart): Running =>
  startPickup({ open: () => openFolder(config), rules: config, deliver, log, onPoll });
