/**
 * Picks files up from a partner's SFTP server. The host key is pinned, file names are only ever handed back to the same
 * server, files are handed on as they come; the client's own download functions are not used (RELIABILITY E16).
 */
import { posix } from 'node:path';
import type Client from 'ssh2-sftp-client';
import type { Finishing } from '../../contract.ts';
import { type Pickup, startPickup } from '../../pickup/poller.ts';
import type { FileSource, PickupRules, SourceFile, TransportLog } from '../../pickup/source.ts';
import { parseFingerprint } from './host-key.ts';
import { heard, listFolder, openSession, type PinnedKey, type SftpAccess } from './session.ts';

/** A feed's `source.sftp`. */
export interface SftpConfig extends PickupRules, SftpAccess {
  /** `SHA256:...` of the server's host key, or hex; absent = a person has pinned it, or nothing is sent. */
  hostKeySha256?: string | undefined;
  /** Folder on the server. */
  path: string;
  /** Where read files go; default the subfolder `archive` of `path`. */
  archivePath?: string | undefined;
  /** Where files go that cannot be read; default the subfolder `error` of `path`. */
  errorPath?: string | undefined;
}

/** At most `limit` bytes in one stream. */
async function* readStart(client: Client, path: string, limit: number): AsyncGenerator<Uint8Array> {
  const stream = client.createReadStream(path, { start: 0, end: limit - 1 });
  stream.on('error', heard);
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) yield chunk;
}

const missing = (error: unknown): boolean => error instanceof Error && /No such file/i.test(error.message);

interface Boxes {
  archive: string;
  error: string;
}

const boxesOf = ({ path, archivePath, errorPath }: SftpConfig): Boxes => ({
  archive: posix.normalize(archivePath ?? posix.join(path, 'archive')),
  error: posix.normalize(errorPath ?? posix.join(path, 'error')),
});

async function makeFolder(client: Client, path: string): Promise<void> {
  if ((await client.exists(path)) === false) await client.mkdir(path, true);
}

/** The client has it, its types do not: a link must be seen as a link. */
type WithLstat = Client & { lstat: Client['stat'] };

async function statOf(client: Client, path: string, name: string): Promise<SourceFile | null> {
  try {
    const { size, modifyTime, isFile, isDirectory } = await (client as WithLstat).lstat(path);
    return { name, size, modified: modifyTime, kind: isFile ? 'file' : isDirectory ? 'folder' : 'other' };
  } catch (error) {
    if (missing(error)) return null;
    throw error;
  }
}

function sourceOver(client: Client, config: SftpConfig): FileSource {
  const at = (name: string): string => posix.join(config.path, name);
  const boxes = boxesOf(config);
  const inBoxes = Object.values(boxes);
  return {
    async list(folder) {
      const entries = await listFolder(client, at(folder));
      return entries.filter(({ name }) => !inBoxes.includes(posix.join(at(folder), name)));
    },
    stat: (name) => statOf(client, at(name), name),
    read: (name, limit) => readStart(client, at(name), limit),
    async move(name, box, as) {
      if (box === 'error') await makeFolder(client, boxes.error);
      const to = posix.join(boxes[box], as);
      await client.rename(at(name), to);
      return statOf(client, to, name);
    },
    async restore(name, box, as) {
      await client.rename(posix.join(boxes[box], as), at(name));
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
  try {
    if (config.after === 'archive') await makeFolder(client, boxesOf(config).archive);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return sourceOver(client, config);
}

/** What the transport is started with. */
export interface SftpStart extends Omit<Pickup, 'open' | 'rules'> {
  config: SftpConfig;
  /** The pinned host key at this moment; default the configured one. */
  pinned?: PinnedKey;
}

/**
 * Polls the server until stopped; reconnects with growing pauses.
 * @throws Error at once when the configured fingerprint is unreadable.
 */
export function startSftp({ config, pinned, ...pickup }: SftpStart): Finishing {
  const { hostKeySha256 } = config;
  if (hostKeySha256 !== undefined) parseFingerprint(hostKeySha256);
  const pin = pinned ?? (() => Promise.resolve(hostKeySha256 ?? null));
  return startPickup({ ...pickup, open: () => openSftp(config, pin, pickup.log), rules: config });
}
