/**
 * An authenticated connection to a partner's SFTP server. The host key is compared with the pinned one before anything is sent:
 * the client's default would give its password to any server (RELIABILITY E16, A16).
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Client from 'ssh2-sftp-client';
import type { SourceFile, TransportLog } from '../../pickup/source.ts';
import { fingerprintText, hostKeyCheck } from './host-key.ts';

/** Where the server is and who logs in. */
export interface SftpAccess {
  host: string;
  port: number;
  user: string;
  password?: string | undefined;
  /** PEM or OpenSSH private key text. */
  privateKey?: string | undefined;
  /** Of an encrypted private key. */
  passphrase?: string | undefined;
}

/** The fingerprint that counts now; null = nobody has said yet which key is the right one. */
export type PinnedKey = () => Promise<string | null>;

/** The server's key is not the pinned one, or none is pinned. Nothing was sent. */
export class HostKeyRefused extends Error {
  override readonly name = 'HostKeyRefused';
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

const login = ({ user, password, privateKey, passphrase }: SftpAccess) => ({
  username: user,
  ...(password === undefined ? {} : { password }),
  ...(privateKey === undefined ? {} : { privateKey }),
  ...(passphrase === undefined ? {} : { passphrase }),
});

/** Connects and logs in. @throws HostKeyRefused before anything is sent, Error when the server cannot be reached or refuses. */
export async function openSession(access: SftpAccess, pinned: PinnedKey, log: TransportLog): Promise<Client> {
  const { host, port } = access;
  const pin = await pinned();
  if (pin === null)
    throw new HostKeyRefused(
      `no host key is pinned for ${host}:${port}; nothing was sent. "hub feed trust" shows the server's key and pins it.`,
    );
  const check = hostKeyCheck(pin);
  // Without a listener the client prints unexpected errors of an idle connection to the console.
  const quiet = () => log({ level: 'info', message: 'the server broke the connection off' });
  const sock = await dial(host, port);
  const client = new Client('hub', { error: quiet, end: () => undefined, close: () => undefined });
  try {
    await client.connect({
      sock,
      ...login(access),
      hostVerifier: (key: Buffer) => check.accepts(key),
      readyTimeout: 10_000,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
    });
    return client;
  } catch (error) {
    sock.destroy();
    const refused = check.refused();
    if (refused === null) throw error;
    throw new HostKeyRefused(
      `the host key of ${host}:${port} is ${refused}, but the pinned one is ${fingerprintText(pin)}; ` +
        'nothing was sent. If the partner announced the new key, pin it with "hub feed trust".',
      { cause: error },
    );
  }
}

/**
 * A listener for the errors of a stream that its reader hears as well: one that comes after the reader has gone (the file's closing
 * was not answered) would end the process.
 */
export const heard = (): void => undefined;

/** What the server says a folder holds; names as they came. */
export async function listFolder(client: Client, path: string): Promise<SourceFile[]> {
  const entries = await client.list(path);
  return entries.map(({ name, size, modifyTime, type }) => ({
    name,
    size,
    modified: modifyTime,
    kind: type === '-' ? 'file' : type === 'd' ? 'folder' : 'other',
  }));
}
