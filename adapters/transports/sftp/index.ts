/**
 * Picks files up from a partner's SFTP server. The host key is pinned, file names are only ever handed back to the same
 * server, files are handed on as they come; the client's own download functions are not used (RELIABILITY E16).
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { posix } from 'node:path';
import Client from 'ssh2-sftp-client';
import type { DeliverFile, Running } from '../../contract.ts';
import { startPickup } from '../../pickup/poller.ts';
import type { FileSource, PickupRules, PollReport, TransportLog } from '../../pickup/source.ts';
import { hostKeyCheck, parseFingerprint } from './host-key.ts';

/** A feed's `source.sftp`. */
export interface SftpConfig extends PickupRules {
  host: string;
  port: number;
  user: string;
  password?: string | undefined;
  /** PEM or OpenSSH private key text. */
  privateKey?: string | undefined;
  /** `SHA256:...` of the server's host key, or hex. */
  hostKeySha256: string;
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

/** A connection of our own: SFTP answers are small, and with Nagle's algorithm each one would cost 40 ms. */
async function dial(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect', { signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
    socket.destroy();
    throw new Error(`cannot connect to ${host}:${port}`, { cause: error });
  });
  return socket;
}

async function openSftp(config: SftpConfig, log: TransportLog): Promise<FileSource> {
  const check = hostKeyCheck(config.hostKeySha256);
  // Without a listener the client prints unexpected errors of an idle connection to the console.
  const quiet = () => log({ level: 'info', message: 'the server broke the connection off' });
  const sock = await dial(config.host, config.port);
  const client = new Client('pick-up', { error: quiet, end: () => undefined, close: () => undefined });
  try {
    await client.connect({
      sock,
      username: config.user,
      ...(config.password === undefined ? {} : { password: config.password }),
      ...(config.privateKey === undefined ? {} : { privateKey: config.privateKey }),
      hostVerifier: (key: Buffer) => check.accepts(key),
      readyTimeout: 10_000,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    });
  } catch (error) {
    sock.destroy();
    const refused = check.refused();
    if (refused === null) throw error;
    throw new Error(
      `the host key of ${config.host}:${config.port} is ${refused}, but the feed pins ${config.hostKeySha256}; ` +
        'nothing was sent. If the partner announced a new key, change hostKeySha256.',
      { cause: error },
    );
  }
  const archivePath = config.archivePath ?? posix.join(config.path, 'archive');
  if (config.after === 'archive' && (await client.exists(archivePath)) === false) await client.mkdir(archivePath, true);
  return sourceOver(client, config, posix.normalize(archivePath));
}

/** What the transport is started with. */
export interface SftpStart {
  config: SftpConfig;
  deliver: DeliverFile;
  log: TransportLog;
  onPoll?: (report: PollReport) => void;
}

/**
 * Polls the server until stopped; reconnects with growing pauses.
 * @throws Error at once when the pinned fingerprint is missing or unreadable.
 */
export function startSftp({ config, deliver, log, onPoll }: SftpStart): Running {
  parseFingerprint(config.hostKeySha256);
  return startPickup({ open: () => openSftp(config, log), rules: config, deliver, log, onPoll });
}
