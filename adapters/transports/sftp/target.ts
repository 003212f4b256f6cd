/** Delivers files into a folder of a partner's SFTP server. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { TransportLog } from '../../pickup/source.ts';
import type { FileTarget } from '../../pickup/target.ts';
import { heard, listFolder, openSession, type PinnedKey, type SftpAccess } from './session.ts';

const PERMISSION_DENIED = 3;
/** ssh2 knows it, its types do not. */
const NEW_FILE = 'wx' as 'w';

/** The server said that the file may not be read; the client passes its status on as a number. */
const denied = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === PERMISSION_DENIED || error.code === 'EACCES');

/** Where files are delivered and how the server is known. */
export interface SftpTargetStart {
  access: SftpAccess;
  /** Folder on the server; must be there. */
  folder: string;
  pinned: PinnedKey;
  log: TransportLog;
}

/** Opens the folder. The folder is listed, because the client takes any failure of its stat for "no such file". */
export async function openSftpTarget({ access, folder, pinned, log }: SftpTargetStart): Promise<FileTarget> {
  const client = await openSession(access, pinned, log);
  const at = (name: string): string => posix.join(folder, name);
  return {
    list: () => listFolder(client, folder),
    async write(name, bytes) {
      const stream = client.createWriteStream(at(name), { flags: NEW_FILE });
      await new Promise<void>((resolve, reject) => {
        // Stays for good: the answer to closing the file may be missing when the connection breaks, after everything was told.
        stream.on('error', reject);
        stream.once('close', () => resolve());
        stream.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      });
    },
    // The protocol's own rename, which refuses a name that is taken; OpenSSH's posix-rename would replace it.
    async rename(from, to) {
      await client.rename(at(from), at(to));
    },
    async sha256(name, limit) {
      const hash = createHash('sha256');
      try {
        const stream = client.createReadStream(at(name), { start: 0, end: limit - 1 });
        stream.on('error', heard);
        for await (const chunk of stream) if (Buffer.isBuffer(chunk)) hash.update(chunk);
      } catch (error) {
        if (denied(error)) return null;
        throw error;
      }
      return hash.digest('hex');
    },
    async remove(name) {
      await client.delete(at(name));
    },
    async close() {
      await client.end();
    },
  };
}
