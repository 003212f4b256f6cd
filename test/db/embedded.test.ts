/** The embedded server: made once, kept, restarted when it dies, taken over after a killed hub, one hub per directory. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/db/client.ts';
import { canEnter } from '../../src/db/embedded-account.ts';
import { findNative, repaired } from '../../src/db/embedded-binaries.ts';
import { attachEmbedded, type EmbeddedDatabase, startEmbedded } from '../../src/db/embedded.ts';
import { isAlive, takeLock } from '../../src/db/hub-lock.ts';
import { databaseEnvironment, openDatabase } from '../../src/db/open.ts';
import { selfCheck } from '../../src/db/self-check.ts';
import { waitFor } from '../support/database.ts';

const FAST = { fsync: 'off', shared_buffers: '16MB' };
const root = process.getuid?.() === 0;
let folder: string;
let directory: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-embedded-'));
  chmodSync(folder, 0o711);
  directory = join(folder, 'hub');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (): Promise<EmbeddedDatabase> =>
  startEmbedded({ directory, port: 0, settings: FAST, openPlace: join(folder, 'open') });
const write = async (url: string, text: string): Promise<unknown[]> => {
  const db = connect(url, { role: 'owner', schema: 'public', max: 1 });
  try {
    return await db.query(text);
  } finally {
    await db.end();
  }
};

test('keeps its data over stop and start, hardened, with a key only for the owner', async () => {
  const first = await start();
  await write(first.ownerUrl, 'create table kept (id int)');
  await write(first.ownerUrl, 'insert into kept values (1)');
  const settings = (await write(
    first.ownerUrl,
    `select name, setting from pg_settings where name in ('listen_addresses', 'data_checksums', 'password_encryption',
      'server_encoding', 'unix_socket_directories', 'log_min_error_statement', 'log_error_verbosity', 'jit') order by name`,
  )) as { name: string; setting: string }[];
  expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toMatchObject({
    listen_addresses: '127.0.0.1',
    data_checksums: 'on',
    password_encryption: 'scram-sha-256',
    server_encoding: 'UTF8',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    jit: 'off',
  });
  expect(readFileSync(join(directory, 'postgres/pg_hba.conf'), 'utf8')).not.toMatch(/^[^#].*\btrust\b/m);
  expect(statSync(join(directory, 'database-owner.key')).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'postgres')).mode & 0o777).toBe(0o700);
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start();
  expect(await write(second.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
  expect(new URL(second.ownerUrl).password).toBe(new URL(first.ownerUrl).password);
  await second.stop();
  expect(existsSync(join(directory, 'hub.lock'))).toBe(false);
});

test('starts again by itself after SIGKILL of the postmaster, and callers only wait', async () => {
  const server = await start();
  let restarts = 0;
  server.onRestart(() => (restarts += 1));
  const db = connect(server.ownerUrl, { role: 'ingest', schema: 'public', max: 4 });
  await db.query('create table survivors (id int primary key)');
  for (let round = 1; round <= 3; round += 1) {
    await db.query('insert into survivors values ($1)', [round]);
    const before = server.pid;
    process.kill(before, 'SIGKILL');
    await waitFor('a new postmaster', () => restarts === round && server.pid !== before);
    await waitFor('an answer', () => db.query('select 1').catch(() => false));
  }
  expect(await db.query('select count(*) as rows from survivors')).toEqual([{ rows: 3 }]);
  await db.end();
  await server.stop();
});

/** Another process that runs the embedded database of the directory, as a hub would. */
async function otherHub(): Promise<{ kill(): Promise<void> }> {
  const source = join(import.meta.dirname, '../../src/db/embedded.ts');
  const child = spawn(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '-e',
    `import { startEmbedded } from ${JSON.stringify(source)};
     await startEmbedded(${JSON.stringify({ directory, port: 0, settings: FAST, openPlace: join(folder, 'open') })});
     process.stdout.write('ready');`,
  ]);
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('the other hub ended')));
  });
  return {
    kill: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

test('a second hub is refused while one lives, may attach, and takes over when it was killed', async () => {
  const hub = await otherHub();
  await expect(start()).rejects.toThrow(/Another hub \(process \d+\) uses/);
  const url = attachEmbedded(directory);
  expect(await write(url ?? '', 'select id from kept')).toEqual([{ id: 1 }]);
  const orphan = Number(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  await hub.kill();
  expect(isAlive(orphan)).toBe(true);
  expect(attachEmbedded(directory)).toBeUndefined();
  const started = performance.now();
  const server = await start();
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(isAlive(orphan)).toBe(false);
  expect(await write(server.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
  await server.stop();
});

test('takes over when hub and postmaster were both killed', async () => {
  const hub = await otherHub();
  const postmaster = Number(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  await hub.kill();
  process.kill(postmaster, 'SIGKILL');
  const server = await start();
  expect(await write(server.ownerUrl, 'select id from kept')).toEqual([{ id: 1 }]);
  await server.stop();
});

test('a pid file whose process is something else by now is no obstacle', async () => {
  const pidFile = join(directory, 'postgres/postmaster.pid');
  writeFileSync(pidFile, `${process.pid}\n${join(directory, 'postgres')}\n0\n1\n\n127.0.0.1\n\nready\n`);
  const server = await start();
  await server.stop();
});

test('a port in use names the setting', async () => {
  const squatter = net.createServer();
  await new Promise<void>((resolve) => {
    squatter.listen(0, '127.0.0.1', () => resolve());
  });
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startEmbedded({ directory, port, openPlace: join(folder, 'open') })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use: the embedded database needs it. Set another with HUB_DATABASE_PORT`,
  );
  await new Promise((resolve) => {
    squatter.close(resolve);
  });
  expect(existsSync(join(directory, 'hub.lock'))).toBe(false);
});

test('openDatabase migrates, keeps the passwords of the roles, and serves with roles that pass the self-check', async () => {
  const own = join(folder, 'opened');
  const config = { directory: own, port: 0, now: new Date('2026-11-22T00:00:00Z') };
  const first = await openDatabase(config);
  expect(first.migrated?.applied.length).toBeGreaterThan(0);
  expect(statSync(join(own, 'database-roles.json')).mode & 0o777).toBe(0o600);
  const beside = await openDatabase({ ...config, mode: 'attach' });
  expect(beside.embedded).toBeUndefined();
  expect(beside.ingestUrl).toBe(first.ingestUrl);
  await beside.stop();
  const pools = [
    connect(first.ingestUrl, { role: 'ingest' }),
    connect(first.readUrl, { role: 'read' }),
    connect(first.monitorUrl, { role: 'monitor' }),
  ];
  expect(await selfCheck(pools)).toEqual([]);
  await Promise.all(pools.map((pool) => pool.end()));

  const outside = await openDatabase({ ...config, directory: join(folder, 'outside'), url: first.ownerUrl });
  expect(new URL(outside.ingestUrl).username).toBe('hub_ingest');
  const given = await openDatabase({
    ...config,
    directory: join(folder, 'given'),
    url: outside.ingestUrl,
    readUrl: outside.readUrl,
  });
  expect(given).toMatchObject({
    ownerUrl: undefined,
    ingestUrl: outside.ingestUrl,
    readUrl: outside.readUrl,
    migrated: undefined,
  });
  const both = await openDatabase({
    ...config,
    directory: join(folder, 'both'),
    url: outside.ingestUrl,
    ownerUrl: first.ownerUrl,
  });
  expect(both.ingestUrl).toBe(outside.ingestUrl);
  await first.stop();
  const again = await openDatabase(config);
  expect(again.migrated).toEqual({ applied: [], adjusted: expect.any(Number) });
  await again.stop();
});

test('settings come from the environment, empty ones count as absent', () => {
  expect(databaseEnvironment({ DATABASE_URL: '', HUB_DATABASE_PORT: '5555' })).toMatchObject({
    url: undefined,
    port: 5555,
  });
  expect(() => databaseEnvironment({ HUB_DATABASE_PORT: 'x' })).toThrow('HUB_DATABASE_PORT must be a port number');
});

function makeFolder(path: string, mode: number): void {
  mkdirSync(path);
  chmodSync(path, mode);
}

describe('programs and places', () => {
  test('links that install scripts did not make are made', () => {
    const native = join(folder, 'native');
    const source = findNative();
    const list = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    expect(list.length).toBeGreaterThan(5);
    // cpSync keeps the links as they are; some are removed and one is wrong.
    cpSync(source, native, { recursive: true, verbatimSymlinks: true });
    const links = list.map(({ target }) => join(folder, target));
    for (const link of links) rmSync(link, { force: true });
    symlinkSync('nowhere', links[0] ?? '');
    repaired(native);
    for (const link of links) expect(lstatSync(link).isSymbolicLink() && existsSync(link)).toBe(true);
    repaired(native);
  });

  test('a folder closed to others is seen', () => {
    const closed = join(folder, 'closed');
    makeFolder(closed, 0o700);
    expect(canEnter(closed, { uid: 65_534, gid: 65_534 })).toBe(false);
    chmodSync(closed, 0o711);
    expect(canEnter(closed, { uid: 65_534, gid: 65_534 })).toBe(true);
  });

  test('a project below a closed folder works; for root its data is in an open place', async () => {
    const closed = join(folder, 'like-root');
    makeFolder(closed, 0o700);
    const options = { directory: join(closed, 'hub'), port: 0, settings: FAST, openPlace: join(folder, 'open') };
    const server = await startEmbedded(options);
    await write(server.ownerUrl, 'create table here (id int)');
    expect(lstatSync(join(closed, 'hub/postgres')).isSymbolicLink()).toBe(root);
    await server.stop();
    const again = await startEmbedded(options);
    expect(await write(again.ownerUrl, 'select id from here')).toEqual([]);
    await again.stop();
  });
});

test('the lock of a killed hub is taken over, of a living one not', () => {
  const own = join(folder, 'locks');
  makeFolder(own, 0o755);
  const lock = takeLock(own);
  expect(() => takeLock(own)).toThrow(`Another hub (process ${process.pid})`);
  lock.release();
  writeFileSync(join(own, 'hub.lock'), JSON.stringify({ pid: process.pid, started: '1' }));
  takeLock(own).release();
  writeFileSync(join(own, 'hub.lock'), 'not json');
  takeLock(own).release();
});
