/**
 * OpenSSH's own server at its worst, in figures: what was read too early, what was asked for, and what was written here outside
 * the spool. The last is not looked for but made impossible: the poller runs in a process that the runtime lets write into the
 * spool and nowhere else, so that an attempt is a failure that it has to tell of.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { PollReport } from '../../adapters/pickup/source.ts';
import { type OpenSsh, startOpenSsh } from '../support/openssh.ts';
import { openTcpProxy } from '../support/proxy.ts';
import { waitFor } from '../support/wait-for.ts';

jest.setTimeout(240_000);
const LONG = 90_000;
const SAMPLES = 'adapters/formats/packed/samples';
const POLLER = join(process.cwd(), 'test/support/confined-poller.mjs');
const HOSTILE = 10_000;

let ssh: OpenSsh | null;
let out: string;
let spool: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  ssh = await startOpenSsh();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await ssh?.stop();
});
beforeEach(() => {
  if (ssh === null) return;
  out = join(ssh.directory, 'out');
  spool = join(ssh.directory, 'spool');
  for (const folder of [out, spool]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
});

/** A confined poller at work. */
interface Confined {
  delivered: string[];
  polls: PollReport[];
  warnings: string[];
  stderr: string;
  /** Ends it; answers the exit code. */
  stop(): Promise<number | null>;
}

function poll(server: OpenSsh, rules: Record<string, unknown> = {}): Confined {
  const config = { ...server.access, path: out, match: '*', pollSeconds: 0.1, after: 'archive', ...rules };
  const child = spawn(
    process.execPath,
    [
      '--permission',
      '--allow-fs-read=*',
      `--allow-fs-write=${spool}`,
      '--no-warnings',
      POLLER,
      JSON.stringify({ config, spoolFolder: spool }),
    ],
    { stdio: 'pipe', env: { PATH: process.env['PATH'] } },
  );
  children.push(child);
  const told: Confined = {
    delivered: [],
    polls: [],
    warnings: [],
    stderr: '',
    stop: () => {
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.stdin.end();
      return child.exitCode === null ? ended : Promise.resolve(child.exitCode);
    },
  };
  child.stderr.on('data', (text: Buffer) => (told.stderr += text.toString()));
  createInterface(child.stdout).on('line', (line) => {
    const { kind, value } = JSON.parse(line) as { kind: string; value: never };
    if (kind === 'delivered') told.delivered.push(value);
    else if (kind === 'warning') told.warnings.push(value);
    else told.polls.push(value);
  });
  return told;
}

/** Every failure that a poll told of. */
const failures = ({ polls }: Confined): string[] => polls.flatMap(({ failure }) => failure ?? []);
/** Files that the server was asked for, from the folder on. */
const asked = (server: OpenSsh, from = 0): string[] =>
  server
    .opened()
    .slice(from)
    .map((path) => (path.startsWith(`${out}/`) ? path.slice(out.length + 1) : path));

/** Names as bytes, as a hostile partner can put them into a folder: no slash, no NUL, at most 255. */
const hostileName = fc
  .oneof(
    fc.uint8Array({ min: 1, minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(
        fc.constantFrom(
          '..',
          '.',
          '\\',
          'a',
          'etc',
          '\n',
          '\r',
          '-',
          '\u2025',
          '\uff0e',
          '%2e',
          ' ',
          '~',
          '$HOME',
          '`id`',
        ),
        { minLength: 1, maxLength: 8 },
      )
      .map((parts) => Buffer.from(parts.join(''))),
    fc
      .constantFrom('..\\up', '-rf', '.ssh', 'CON', 'C:\\x', '\u202etxt', 'x'.repeat(250), '\u0000'.padStart(1, 'a'))
      .map((name) => Buffer.from(name)),
  )
  .map((name) => Buffer.from(name.filter((byte) => byte !== 0x2f && byte !== 0).subarray(0, 250)));

test('10,000 hostile names, links, pipes, a bomb and a slip: plain names alone are asked for, nothing is written outside the spool', async () => {
  if (ssh === null) return;
  const at = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${out}/`), name]);
  const outside = join(ssh.directory, 'secret.txt');
  writeFileSync(outside, 'not yours');
  let made = 0;
  const kinds: ((path: Buffer) => void)[] = [
    (path) => writeFileSync(path, 'x'),
    (path) => writeFileSync(path, 'x'),
    (path) => mkdirSync(path),
    (path) => symlinkSync(outside, path),
    (path) => symlinkSync('/etc', path),
    (path) => symlinkSync('../secret.txt', path),
  ];
  const names = fc.sample(hostileName, { numRuns: HOSTILE * 3, seed: 11 });
  for (const name of names) {
    if (made === HOSTILE) break;
    try {
      kinds[made % kinds.length]?.(at(Buffer.concat([name, Buffer.from('.txt')])));
      made += 1;
    } catch {
      // The name is there already.
    }
  }
  expect(made).toBe(HOSTILE);
  spawnSync('/usr/bin/mkfifo', [join(out, 'pipe.txt')]);
  copyFileSync(`${SAMPLES}/bomb.zip`, join(out, 'bomb.zip'));
  copyFileSync(`${SAMPLES}/slip.zip`, join(out, 'slip.zip'));
  writeFileSync(join(out, 'good.csv'), 'good');
  const before = readdirSync(join(out, '..')).sort();
  const from = ssh.opened().length;

  const poller = poll(ssh, { match: '*.csv', depth: 3 });
  const archives = poll(ssh, { match: '*.zip', depth: 3 });
  const all = poll(ssh, { match: '*.txt', depth: 3, after: 'leave' });
  await waitFor('the good file', () => poller.delivered.length === 1, LONG);
  await waitFor('both archives', () => archives.delivered.length === 2, LONG);
  await waitFor('three looks at all', () => all.polls.length >= 3 && all.delivered.length > 0, LONG);
  await waitFor('and one more', () => all.polls.length >= 5, LONG);
  for (const one of [poller, archives, all]) expect(await one.stop()).toBe(0);

  expect(poller.delivered).toEqual(['good.csv 4']);
  // Nothing was unpacked: the bomb and the slip came as they are and lie in the error folder.
  expect(archives.delivered.map((line) => line.split(' ')[0])).toEqual(['bomb.zip', 'slip.zip']);
  expect(readdirSync(join(out, 'error')).sort()).toEqual(['bomb.zip', 'slip.zip']);
  for (const one of [poller, archives, all]) expect([failures(one), one.stderr]).toEqual([[], '']);
  // Of the hostile names only those that happen to be plain were asked for; no link, no pipe.
  const paths = asked(ssh, from);
  const plain = /^([A-Za-z0-9][A-Za-z0-9._@+=, -]*\/)*[A-Za-z0-9][A-Za-z0-9._@+=, -]*$/;
  expect(paths.filter((path) => !plain.test(path) || path.includes('..'))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['good.csv', 'bomb.zip', 'slip.zip']));
  expect(paths).not.toContain('pipe.txt');
  expect(all.delivered.filter((line) => line.endsWith(` ${'not yours'.length}`))).toEqual([]);
  expect(all.polls.at(-1)?.refused).toBeGreaterThan(HOSTILE * 0.8);
  expect(all.warnings.join('\n')).not.toMatch(/\.txt|etc|secret/);
  // The spool is empty again, and beside it nothing has come.
  expect(readdirSync(spool)).toEqual([]);
  expect(readdirSync(join(out, '..')).sort()).toEqual(before);
});

test('what is still being uploaded is not opened once, also when it stalls; a broken connection in the middle stores nothing', async () => {
  if (ssh === null) return;
  const from = ssh.opened().length;
  const poller = poll(ssh, { stableFor: 2, match: 'slow.txt' });
  for (let part = 1; part <= 5; part += 1) {
    appendFileSync(join(out, 'slow.txt'), 'part\n');
    const seen = poller.polls.length;
    // After three of five parts the sender falls silent for many polls, yet for less than stableFor.
    await waitFor('more polls', () => poller.polls.length >= seen + (part === 3 ? 10 : 3), LONG);
  }
  // The figure: reads before the upload was complete.
  expect(asked(ssh, from)).toEqual([]);
  await waitFor('it is read', () => poller.delivered.length === 1, LONG);
  expect(poller.delivered).toEqual(['slow.txt 25']);
  expect(asked(ssh, from)).toEqual(['slow.txt']);
  expect(await poller.stop()).toBe(0);

  const proxy = await openTcpProxy('127.0.0.1', ssh.access.port);
  proxy.delay(15);
  writeFileSync(join(out, 'long.txt'), 'x'.repeat(6_000_000));
  const broken = poll({ ...ssh, access: { ...ssh.access, port: proxy.port } }, { match: 'long.txt' });
  const opens = (): number => asked(ssh!, from).filter((path) => path === 'long.txt').length;
  for (const cut of [1, 2]) {
    await waitFor('it is being read', () => opens() === cut, LONG);
    proxy.reset();
    expect(broken.delivered).toEqual([]);
  }
  proxy.delay(0);
  await waitFor('it is read', () => broken.delivered.length > 0, LONG);
  expect(broken.delivered).toEqual(['long.txt 6000000']);
  expect(opens()).toBe(3);
  expect(failures(broken).length).toBeGreaterThanOrEqual(2);
  expect(await broken.stop()).toBe(0);
  await proxy.close();
});
