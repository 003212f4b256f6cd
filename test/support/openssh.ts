/** OpenSSH's own server, where one is installed: another implementation of the wire than ours, run by this account on a free port. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { hostKey, hostKeyFingerprint, keyPair } from '../../src/simulate/sftp-server.ts';
import { freePort } from './demo-process.ts';
import { waitFor } from './wait-for.ts';

const SSHD = '/usr/sbin/sshd';
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

/** A running server. */
export interface OpenSsh {
  fingerprint: string;
  /** Folder that only tests use; SFTP paths are local paths. */
  directory: string;
  /** What `source.sftp` of a feed needs to log in. */
  access: { host: string; port: number; user: string; privateKey: string; hostKeySha256: string };
  /** How often a client has asked to be let in, by any method: what it was willing to send. */
  attempts(): number;
  /** Paths that clients have opened to read them, as the server has logged them; odd signs escaped. */
  opened(): string[];
  /** Gives the server another host key; new connections see it. */
  changeHostKey(): Promise<string>;
  stop(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (heard: boolean): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });

/** Starts it, or says in one line why the tests that need it are not run and answers null. */
export async function startOpenSsh(): Promise<OpenSsh | null> {
  if (!existsSync(SSHD) || spawnSync(SSHD, ['-V']).error !== undefined) {
    console.log(`not run: ${SSHD} is not installed`);
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'sshd-'));
  chmodSync(directory, 0o700);
  const keyFile = join(directory, 'host-key');
  const fingerprint = hostKeyFingerprint(hostKey(keyFile));
  const { privateKey, publicKey } = keyPair();
  writeFileSync(join(directory, 'authorized'), `${publicKey}\n`, { mode: 0o600 });
  const port = await freePort();
  const log = join(directory, 'log');
  const sftpLog = join(directory, 'sftp-log');
  writeFileSync(sftpLog, '');
  const lines = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${keyFile}`,
    `AuthorizedKeysFile ${join(directory, 'authorized')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'LogLevel DEBUG1',
    'MaxStartups 100',
    // A process of its own, that its log can be had of: it tells of every file that a client opens.
    existsSync(SFTP_SERVER) ? `Subsystem sftp ${SFTP_SERVER} -e -l INFO 2>>${sftpLog}` : 'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(directory, 'config'), `${lines.join('\n')}\n`);
  // Debian makes the folder when its service starts; run by root, sshd refuses to start without it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let server = await launch(join(directory, 'config'), log, port);
  if (server === null) {
    console.log(`not run: ${SSHD} does not start for this user`);
    return null;
  }
  const end = async (): Promise<void> => {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill();
    await ended;
  };
  return {
    fingerprint,
    directory,
    access: { host: '127.0.0.1', port, user: userInfo().username, privateKey, hostKeySha256: fingerprint },
    attempts: () => readFileSync(log, 'utf8').split('userauth-request for user').length - 1,
    opened: () => [...readFileSync(sftpLog, 'utf8').matchAll(/open "(.*)" flags READ /g)].map(([, path = '']) => path),
    changeHostKey: async () => {
      await end();
      rmSync(keyFile);
      const changed = hostKeyFingerprint(hostKey(keyFile));
      server = await launch(join(directory, 'config'), log, port);
      return changed;
    },
    stop: async () => {
      await end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(config: string, log: string, port: number): Promise<ChildProcess | null> {
  const child = spawn(SSHD, ['-D', '-E', log, '-f', config], { stdio: 'ignore' });
  const up = await waitFor('sshd to answer', async () => child.exitCode !== null || (await answers(port))).catch(
    () => false,
  );
  if (up && child.exitCode === null) return child;
  child.kill();
  return null;
}
