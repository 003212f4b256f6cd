/**
 * Picks files up from a partner's SFTP server. The host key is pinned, file names are only ever handed back to the same
 * server, files are handed on as they come; the client's own download functions are not used (RELIABILITY E16).
 */
import { posix } from 'node:path';
import type Client from 'ssh2-sftp-client';
import type { DeliverFile, Running } from '../../contract.ts';
import { startPickup } from '../../pickup/poller.ts';
import type { FileSource, PickupRules, PollReport, TransportLog } from '../../pickup/source.ts';
import { parseFingerprint } from './host-key.ts';
import { openSession, type PinnedKey, type SftpAccess } from './session.ts';

/** A feed's `source.sftp`. */
export interface SftpConfig extends PickupRules, SftpAccess {
  /** `SHA256:...` of the server's host key, or hex; absent = a person has pinned it, or nothing is sent. */
  hostKeySha256?: string | undefined;
  /** Folder on the server. */
  path: string;
  /** Where read files go; default the subfolder `archive` of `path`. */
  archivePath?: string | undefined;
}

/** At most `limit` bytes in one stream. */
async function* readStart(client: Client, path: string, limit: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of client.createReadStream(path, { start: 0, end: limit - 1 }))
    if (Buffer.isBuffer(chunk)) yield chunk;
}

const missing = (error: unknown): boolean => error instanceof Error && /No such file/i.test(error.message);

function sourceOver(client: Client, config: SftpConfig, archivePath: string): FileSource {
  const at = (name: string) => posix.join(config.path, name);
  return {
    async list() {
      const entries = await client.list(config.path);
      return entries
        .filter(({ name }) => posix.join(config.path, name) !== archivePath)
        .map(({ name, size, modifyTime, type }) => ({ name, size, modified: modifyTime, regular: type === '-' }));
    },
    async stat(name) {
      try {
        const found = await client.stat(at(name));
        return { name, size: found.size, modified: found.modifyTime, regular: found.isFile };
      } catch (error) {
        if (missing(error)) return null;
        throw error;
      }
    },
    read: (name, limit) => readStart(client, at(name), limit),
    async archive(name, archivedAs) {
      await client.rename(at(name), posix.join(archivePath, archivedAs));
    },
    async remove(name) {
      await client.delete(at(name), true);
    },
    async close() {
      await client.end();
    },
  };
}

async function openSftp(config: SftpConfig, pinned: PinnedKey, log: TransportLog): Promise<FileSource> {
  const client = await openSession(config, pinned, log);
  const archivePath = config.archivePath ?? posix.join(config.path, 'archive');
  if (config.after === 'archive' && (await client.exists(archivePath)) === false) await client.mkdir(archivePath, true);
  return sourceOver(client, config, posix.normalize(archivePath));
}

/** What the transport is started with. */
export interface SftpStart {
  config: SftpConfig;
  /** The pinned host key at this moment; default the configured one. */
  pinned?: PinnedKey;
  deliver: DeliverFile;
  log: TransportLog;
  onPoll?: (report: PollReport) => void;
}

/**
 * Polls the server until stopped; reconnects with growing pauses.
 * @throws Error at once when the configured fingerprint is unreadable.
 */
export function startSftp({ config, pinned, deliver, log, onPoll }: SftpStart): Running {
  const { hostKeySha256 } = config;
  if (hostKeySha256 !== undefined) parseFingerprint(hostKeySha256);
  const pin = pinned ?? (() => Promise.resolve(hostKeySha256 ?? null));
  return startPickup({ open: () => openSftp(config, pin, log), rules: config, deliver, log, onPoll });
}
