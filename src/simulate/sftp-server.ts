/**
 * The partners' SFTP server of the demo and of tests, in this process but with the real wire protocol. Each user sees only
 * a directory of its own; the host key is made once and kept, so that feeds can pin it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import ssh2, { type AuthContext } from 'ssh2';
import { serveSftp, type SftpFaults } from './sftp-session.ts';
import { SftpTree } from './sftp-tree.ts';

/** What a server is started with. */
export interface SftpServerOptions {
  /** Loopback port; 0 = any. */
  port: number;
  /** User name -> password. */
  users: Record<string, string>;
  /** Holds one directory per user. */
  directory: string;
  /** File of the host key; made when absent, mode 0600. */
  hostKeyFile: string;
  faults?: SftpFaults;
}

/** A running server. */
export interface SftpServer {
  port: number;
  /** `SHA256:...` of the host key. */
  fingerprint: string;
  /** Local directory of a user. */
  home(user: string): string;
  /** Every authentication attempt seen so far: what a client was willing to send. */
  attempts: { user: string; method: string }[];
  /** Cuts all connections, as a network failure would. */
  disconnectAll(): void;
  stop(): Promise<void>;
}

/** The private host key of a file, made and kept on first use. */
export function hostKey(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  mkdirSync(dirname(file), { recursive: true });
  const { privateKey: text } = keyPair();
  writeFileSync(file, text, { mode: 0o600 });
  return text;
}

/** An ed25519 pair in OpenSSH's form. Of a thousand pairs the library makes three that it cannot read itself: another is made then. */
export function keyPair(): { privateKey: string; publicKey: string } {
  for (;;) {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(privateKey) instanceof Error)) return { privateKey, publicKey };
  }
}

/** `SHA256:...` of a private key's public half, as `ssh-keygen -lf` prints it. */
export function hostKeyFingerprint(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}`;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function same(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function authenticate(context: AuthContext, users: Record<string, string>): boolean {
  const expected = users[context.username];
  const fits = context.method === 'password' && expected !== undefined && same(context.password, expected);
  if (fits) context.accept();
  else context.reject(['password']);
  return fits;
}

/** Listens on loopback. @throws when the port is taken; the message names it. */
async function listen(port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  // Without noDelay every small SFTP answer would wait 40 ms for the other side's acknowledgement.
  const listener = createServer({ noDelay: true }, onSocket);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', (error) =>
      reject(new Error(`the SFTP simulator cannot listen on port ${port}: ${error.message}`, { cause: error })),
    );
    listener.listen(port, '127.0.0.1', resolve);
  });
  return listener;
}

/** Starts listening. @throws when the port is taken; the message names it. */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const key = hostKey(options.hostKeyFile);
  const home = (user: string) => join(options.directory, user);
  for (const user of Object.keys(options.users)) mkdirSync(home(user), { recursive: true });
  const attempts: SftpServer['attempts'] = [];
  const ssh = new ssh2.Server({ hostKeys: [key] }, (client) => {
    let user = '';
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      attempts.push({ user: context.username, method: context.method });
      if (authenticate(context, options.users)) user = context.username;
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('sftp', (acceptSftp) => serveSftp(acceptSftp(), new SftpTree(home(user)), options.faults ?? {}));
    });
  });
  const sockets = new Set<Socket>();
  const listener = await listen(options.port, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  const address = listener.address();
  const disconnectAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    fingerprint: hostKeyFingerprint(key),
    home,
    attempts,
    disconnectAll,
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        disconnectAll();
      }),
  };
}
