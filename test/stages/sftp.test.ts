/** SFTP pick-up against the in-process server (and OpenSSH where it is installed): what is read, when, and what never happens. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Attributes, FileEntry } from 'ssh2';
import type { Running } from '../../adapters/contract.ts';
import { globMatcher, isPlainName } from '../../adapters/pickup/names.ts';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { startSftp, type SftpConfig } from '../../adapters/transports/sftp/index.ts';
import { fileEntry, type SftpFaults } from '../../src/simulate/sftp-session.ts';
import { startSftpServer, type SftpServer } from '../../src/simulate/sftp-server.ts';
import { type ReceivedFile, receivedFile } from '../support/received-file.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function serve(faults: SftpFaults = {}, port = 0, directory = mkdtempSync(join(tmpdir(), 'sftp-'))) {
  const server = await startSftpServer({
    port,
    users: { partner: 'synthetic-secret' },
    directory: join(directory, 'homes'),
    hostKeyFile: join(directory, 'host-key'),
    faults,
  });
  open.push(server);
  mkdirSync(join(server.home('partner'), 'out'), { recursive: true });
  return {
    server,
    directory,
    put: (name: string, text: string) => writeFileSync(join(server.home('partner'), 'out', name), text),
  };
}

/** A poller whose deliveries and polls can be waited for. */
function poll(server: SftpServer, change: Partial<SftpConfig> = {}, failFirst = 0) {
  const delivered: ReceivedFile[] = [];
  const polls: PollReport[] = [];
  const warnings: string[] = [];
  let failures = failFirst;
  const running: Running = startSftp({
    config: {
      host: '127.0.0.1',
      port: server.port,
      user: 'partner',
      password: 'synthetic-secret',
      hostKeySha256: server.fingerprint,
      path: '/out',
      match: '*.txt',
      pollSeconds: 0.02,
      after: 'archive',
      ...change,
    },
    deliver: async (delivery) => {
      const file = await receivedFile(delivery);
      if (failures > 0) {
        failures -= 1;
        throw new Error('not stored');
      }
      delivered.push(file);
      return { rawId: 'raw', duplicate: false, sha256: file.sha256 };
    },
    log: ({ level, message }) => void (level === 'warn' && warnings.push(message)),
    onPoll: (report) => polls.push(report),
  });
  open.push(running);
  return { delivered, polls, warnings, running };
}

async function until(label: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${label}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const names = (server: SftpServer, folder: string) => {
  const path = join(server.home('partner'), folder);
  return existsSync(path) ? readdirSync(path).sort() : [];
};

test('a stable file is stored, then archived; its bytes and hash are the key', async () => {
  const { server, put } = await serve();
  put('claims.txt', 'one\n');
  put('other.csv', 'not asked for');
  const { delivered } = poll(server);
  await until('the file is archived', () => names(server, 'out/archive').length === 1);
  expect(delivered.map(({ name, sha256 }) => ({ name, sha256 }))).toEqual([
    { name: 'claims.txt', sha256: createHash('sha256').update('one\n').digest('hex') },
  ]);
  expect(names(server, 'out')).toEqual(['archive', 'other.csv']);
});

test('with a changed host key nothing is sent, and the message says what to do', async () => {
  const { server, put } = await serve();
  put('claims.txt', 'one\n');
  const other = await serve();
  const { polls, delivered } = poll(server, { hostKeySha256: other.server.fingerprint });
  await until('it failed twice', () => polls.filter((report) => report.failure !== null).length >= 2);
  expect(polls[0]?.failure).toContain(server.fingerprint);
  expect(polls[0]?.failure).toContain('nothing was sent');
  expect(server.attempts).toEqual([]);
  expect(delivered).toEqual([]);
  expect(() => poll(server, { hostKeySha256: '' })).toThrow(/hostKeySha256/);
});

test('the fingerprint may also be hex, and a wrong password is a failure that reads nothing', async () => {
  const { server, put } = await serve();
  put('claims.txt', 'one\n');
  const hex = Buffer.from(server.fingerprint.slice('SHA256:'.length), 'base64').toString('hex');
  const { polls } = poll(server, { hostKeySha256: hex, password: 'wrong' });
  await until('it failed', () => polls.length > 0);
  expect(polls[0]?.failure).toMatch(/authentication/i);
  expect(server.attempts.length).toBeGreaterThan(0);
});

test('a slow upload is not read early; a done-marker makes it ready', async () => {
  const { server, put } = await serve();
  const path = join(server.home('partner'), 'out', 'slow.txt');
  put('slow.txt', 'part\n');
  const { delivered, polls } = poll(server, { stablePolls: 3 });
  for (let part = 0; part < 8; part += 1) {
    const seen = polls.length;
    await until('two more polls', () => polls.length >= seen + 2);
    appendFileSync(path, 'part\n');
  }
  expect(delivered).toEqual([]);
  await until('it is read', () => delivered.length === 1);
  expect(Buffer.from(delivered[0]?.bytes ?? []).toString()).toBe('part\n'.repeat(9));

  const marked = poll(server, { stablePolls: 1_000_000 });
  put('ready.txt', 'all of it');
  put('ready.txt.done', '');
  await until('the marked file is read', () => marked.delivered.length + delivered.length === 2);
  await until('the marker is gone', () => !names(server, 'out').includes('ready.txt.done'));
});

test('a file replaced while it is read is discarded and read again', async () => {
  let replaced = false;
  const { server, put } = await serve({
    beforeRead: (path, offset) => {
      if (replaced || offset === 0 || !path.endsWith('swap.txt')) return;
      replaced = true;
      writeFileSync(path, 'B'.repeat(600_000));
      utimesSync(path, 1_000_000_000, 1_000_000_000);
    },
  });
  put('swap.txt', 'A'.repeat(600_000));
  const { delivered } = poll(server);
  await until('it is read', () => delivered.length > 0);
  expect(replaced).toBe(true);
  expect(delivered).toHaveLength(1);
  expect(new Set(Buffer.from(delivered[0]?.bytes ?? []).toString())).toEqual(new Set(['B']));
});

test('hostile names and kinds are left alone, and the local disk stays as it was', async () => {
  const regular = { mode: 0o100644, uid: 0, gid: 0, size: 3, atime: 1, mtime: 1 } satisfies Attributes;
  const hostile = [
    '../escape.txt',
    '/etc/passwd.txt',
    '..\\up.txt',
    'a/b.txt',
    'new\nline.txt',
    '-rf.txt',
    '.hidden.txt',
    `${'x'.repeat(4000)}.txt`,
    'nul\0.txt',
    '‥dots.txt',
  ];
  const entries: FileEntry[] = [
    ...hostile.map((name) => fileEntry(name, regular)),
    fileEntry('link.txt', { ...regular, mode: 0o120777 }),
    fileEntry('device.txt', { ...regular, mode: 0o040000 }),
  ];
  const { server, put } = await serve({ listing: (real) => [...entries, ...real] });
  const before = readdirSync(process.cwd()).sort();
  put('good.txt', 'good');
  const { delivered, polls, warnings } = poll(server);
  await until('the good file is read', () => delivered.length === 1);
  await until('two more polls', () => polls.length > 4);
  expect(delivered.map(({ name }) => name)).toEqual(['good.txt']);
  expect(polls.at(-1)?.refused).toBe(entries.length);
  expect(warnings).toHaveLength(entries.length);
  expect(warnings.join('')).not.toContain('escape');
  expect(readdirSync(process.cwd()).sort()).toEqual(before);
});

/** Names as a hostile server would send them, and some that only look like it. */
const hostileName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom('..', '.', '/', '\\', 'a', 'etc', '\0', '\n', '-', '\u2025', '\uff0e', '%2e', 'x.zip', ' '),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
  fc.stringMatching(/^[a-z]{1,8}$/).map((text) => `../${text}`),
  fc.constantFrom('/etc/passwd', 'C:\\x', 'CON', '.ssh', '-rf', 'x'.repeat(4_000), 'a'.repeat(200), '...'),
);

test('10,000 hostile names and folders of one server: only plain paths are asked for, nothing is written here', async () => {
  const kinds = [0o100644, 0o100644, 0o040755, 0o120777, 0o020644, 0o010644];
  const listed = fc.sample(fc.tuple(hostileName, fc.constantFrom(...kinds)), { numRuns: 10_000, seed: 7 });
  const entries = listed.map(([name, mode]) =>
    fileEntry(`${name}.txt`, { mode, uid: 0, gid: 0, size: 3, atime: 1, mtime: 1 }),
  );
  const opened: string[] = [];
  let roots = 0;
  const { server, directory, put } = await serve({
    listing: (real) => ((roots += 1) <= 3 ? [...entries, ...real] : real),
    onOpen: (path) => opened.push(path),
  });
  const around = (): string[] => [directory, join(directory, '..'), process.cwd()].flatMap((path) => readdirSync(path));
  const before = around();
  put('good.txt', 'good');
  const { delivered, polls } = poll(server, { depth: 3, after: 'leave' });
  await until('the good file is read', () => delivered.length > 0);
  await until('two more polls', () => polls.length > 5);
  expect(delivered.map(({ name }) => name)).toEqual(['good.txt']);
  expect(polls[1]?.refused).toBeGreaterThan(8_000);
  const segment = String.raw`[A-Za-z0-9][A-Za-z0-9._@+=, -]*`;
  expect(opened.filter((path) => !new RegExp(`^/out(/${segment})+$`).test(path) || path.includes('..'))).toEqual([]);
  // Other tests write there too, but nothing of these names.
  expect(around().filter((name) => !before.includes(name) && name.endsWith('.txt'))).toEqual([]);
});

test('10,000 generated names: only plain base names pass', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.stringMatching(/^[./\\a-z-]{1,12}$/)),
      (name) => {
        if (!isPlainName(name)) return;
        expect(name).toMatch(/^[A-Za-z0-9][ -~]*$/);
        expect(name).not.toMatch(/[/\\\0]|\.\./);
      },
    ),
    { numRuns: 10_000 },
  );
  expect(globMatcher('RX_*.txt')('RX_1.txt')).toBe(true);
  expect(globMatcher('RX_*.txt')('RX_1xtxt')).toBe(false);
});

test('after a disconnect it resumes; what was not stored stays and is read again', async () => {
  const { server, directory, put } = await serve();
  const { delivered, polls } = poll(server, {}, 1);
  put('first.txt', '1');
  await until('the refused file is read again', () => delivered.length === 1);
  expect(polls.some((report) => report.failure?.includes('was not taken') === true)).toBe(true);
  server.disconnectAll();
  await server.stop();
  await until('polls fail', () => (polls.at(-1)?.failure ?? null) !== null);
  open.splice(open.indexOf(server), 1);
  const again = await serve({}, server.port, directory);
  again.put('second.txt', '2');
  await until('the second file is read', () => delivered.length === 2);
  expect(again.server.fingerprint).toBe(server.fingerprint);
});

test('the same name with other bytes is archived beside the first; the same bytes again are removed', async () => {
  const { server, put } = await serve();
  const { delivered } = poll(server);
  for (const [text, count] of [
    ['one', 1],
    ['two', 2],
    ['two', 3],
    ['two', 4],
  ] as const) {
    put('daily.txt', text);
    await until(`delivery ${count}`, () => delivered.length === count);
    await until('it is gone', () => !names(server, 'out').includes('daily.txt'));
  }
  expect(names(server, 'out/archive')).toHaveLength(2);
});

test('delete removes, leave reads once', async () => {
  const { server, put } = await serve();
  put('left.txt', 'x');
  const left = poll(server, { after: 'leave' });
  await until('five polls', () => left.polls.length > 5);
  expect(left.delivered).toHaveLength(1);
  await left.running.stop();
  const deleted = poll(server, { after: 'delete' });
  await until('it is gone', () => names(server, 'out').length === 0);
  expect(deleted.delivered).toHaveLength(1);
});

test('the simulator keeps users inside their directory and the host key private', async () => {
  const { server, directory } = await serve();
  writeFileSync(join(directory, 'homes', 'outside.txt'), 'secret');
  const { delivered, polls } = poll(server, { path: '/../../homes', after: 'leave' });
  await until('it was asked', () => polls.length > 1);
  expect(delivered).toEqual([]);
  expect(statSync(join(directory, 'host-key')).mode & 0o777).toBe(0o600);
});
