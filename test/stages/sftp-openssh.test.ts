/** SFTP pick-up against OpenSSH's own server, where one is installed: another implementation of the wire than ours. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { startSftp, type SftpConfig } from '../../adapters/transports/sftp/index.ts';
import { hostKey, hostKeyFingerprint } from '../../src/simulate/sftp-server.ts';
import { type ReceivedFile, receivedFile } from '../support/received-file.ts';

const SSHD = '/usr/sbin/sshd';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
  });

async function until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + 8000; performance.now() < end;) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** A server of this user on a free port, or null when it does not come up here. */
async function startSshd(directory: string, port: number, publicKey: string): Promise<ChildProcess | null> {
  writeFileSync(join(directory, 'authorized'), `${publicKey}\n`, { mode: 0o600 });
  const lines = [
    'ListenAddress 127.0.0.1',
    `Port ${port}`,
    `HostKey ${join(directory, 'host-key')}`,
    `AuthorizedKeysFile ${join(directory, 'authorized')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(directory, 'config'), `${lines.join('\n')}\n`);
  // Debian makes the folder when its service starts; run by root, sshd refuses to start without it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(SSHD, ['-D', '-e', '-f', join(directory, 'config')], { stdio: 'ignore' });
  if (await until(() => child.exitCode !== null || answers(port))) if (child.exitCode === null) return child;
  child.kill();
  return null;
}

test('a file is picked up from OpenSSH; with a changed host key nothing is', async () => {
  if (!existsSync(SSHD) || spawnSync(SSHD, ['-V']).error !== undefined) {
    console.log(`not run: ${SSHD} is not installed`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'sshd-'));
  chmodSync(directory, 0o700);
  const fingerprint = hostKeyFingerprint(hostKey(join(directory, 'host-key')));
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const port = await freePort();
  const server = await startSshd(directory, port, publicKey);
  if (server === null) {
    console.log(`not run: ${SSHD} does not start for this user`);
    return;
  }
  const out = join(directory, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'claims.txt'), 'one\n');
  const config: SftpConfig = {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    privateKey,
    hostKeySha256: `SHA256:${Buffer.alloc(32).toString('base64')}`,
    path: out,
    match: '*.txt',
    pollSeconds: 0.1,
    after: 'archive',
  };
  const delivered: ReceivedFile[] = [];
  const polls: PollReport[] = [];
  const start = (change: Partial<SftpConfig>) =>
    startSftp({
      config: { ...config, ...change },
      deliver: async (delivery) => {
        const file = await receivedFile(delivery);
        delivered.push(file);
        return { rawId: '', duplicate: false, sha256: file.sha256 };
      },
      log: () => undefined,
      onPoll: (report) => polls.push(report),
    });
  try {
    const wrong = start({});
    expect(await until(() => polls.some(({ failure }) => failure?.includes(fingerprint) === true))).toBe(true);
    await wrong.stop();
    expect(delivered).toEqual([]);
    const right = start({ hostKeySha256: fingerprint });
    expect(await until(() => existsSync(join(out, 'archive', 'claims.txt')))).toBe(true);
    await right.stop();
    expect(delivered).toHaveLength(1);
    expect(readdirSync(out)).toEqual(['archive']);
  } finally {
    server.kill();
  }
});
