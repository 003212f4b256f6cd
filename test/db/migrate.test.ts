/** Migrations: once, in order, from several processes at once, after a kill, and never against a newer database. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, type Database } from '../../src/db/client.ts';
import { dumpSchema } from '../../src/db/dump.ts';
import { MIGRATIONS_FOLDER, migrate, pendingMigrations } from '../../src/db/migrate.ts';
import { monthsAhead, partitionStatements } from '../../src/db/partitions.ts';
import { emptyDatabase, waitFor } from '../support/database.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
let database: Awaited<ReturnType<typeof emptyDatabase>>;
let owner: Database;
let folder: string;
beforeEach(async () => {
  database = await emptyDatabase();
  owner = connect(database.ownerUrl, { role: 'owner', max: 2 });
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  for (const file of readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql')))
    copyFileSync(join(MIGRATIONS_FOLDER, file), join(folder, file));
});
afterEach(async () => {
  await owner.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});
const go = (schema = 'hub'): ReturnType<typeof migrate> =>
  migrate({ ownerUrl: database.ownerUrl, now: NOW, folder, schema });

test('four at once apply each file once', async () => {
  const results = await Promise.all([go(), go(), go(), go()]);
  const files = readdirSync(folder)
    .map((name) => name.replace('.sql', ''))
    .sort();
  expect(results.flatMap((result) => result.applied).sort()).toEqual(files);
  expect(results.filter((result) => result.adjusted > 0)).toHaveLength(1);
  expect(await go()).toEqual({ applied: [], adjusted: 0 });
});

test('a second schema of the same database is equal and apart', async () => {
  await go();
  await go('hub_rebuild');
  const other = connect(database.ownerUrl, { role: 'owner', schema: 'hub_rebuild', max: 1 });
  expect(await dumpSchema(other, 'hub_rebuild')).toBe(await dumpSchema(owner, 'hub'));
  await other.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), 'a', 'A', 'UTC')`);
  expect(await owner.query('select 1 from tenant')).toHaveLength(0);
  await other.end();
});

test('a file that fails leaves nothing of itself, and the next run goes on', async () => {
  await go();
  const file = join(folder, '9000_broken.sql');
  writeFileSync(file, 'create table half (id int);--> statement-breakpoint\nselect nothing_here;');
  await expect(go()).rejects.toThrow('migration 9000_broken, statement 2');
  expect(await owner.query(`select 1 from pg_tables where tablename = 'half'`)).toHaveLength(0);
  writeFileSync(file, 'create table half (id int);--> statement-breakpoint\ndrop table half;');
  expect((await go()).applied).toEqual(['9000_broken']);
});

test('a process killed in the middle of a file resumes', async () => {
  await go();
  writeFileSync(
    join(folder, '9000_slow.sql'),
    'create table slow (id int);--> statement-breakpoint\nselect pg_sleep(60);',
  );
  const source = join(import.meta.dirname, '../../src/db/migrate.ts');
  const child = spawn(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '-e',
    `import { migrate } from ${JSON.stringify(source)};
     await migrate({ ownerUrl: ${JSON.stringify(database.ownerUrl)}, now: new Date(), folder: ${JSON.stringify(folder)} });`,
  ]);
  await waitFor('the slow statement', async () => {
    const rows = await owner.query(
      `select 1 from pg_stat_activity where query like 'select pg_sleep(60)%' and datname = current_database()`,
    );
    return rows.length > 0;
  });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGKILL');
  await ended;
  // The server notices a vanished client only when it next writes; an operator would wait or end it as here.
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(60)%' and datname = current_database()`,
  );
  writeFileSync(join(folder, '9000_slow.sql'), 'create table slow (id int);--> statement-breakpoint\ndrop table slow;');
  expect((await go()).applied).toEqual(['9000_slow']);
});

test('a foreign schema of that name is refused', async () => {
  await owner.query('create schema hub');
  await expect(go()).rejects.toThrow('not to hub_owner');
});

test('the clear password never reaches the server', async () => {
  await migrate({ ownerUrl: database.ownerUrl, now: NOW, folder });
  const role = `scram_${database.name}`;
  const { scramVerifier } = await import('../../src/db/scram.ts');
  await owner.query(`create role ${role} login password '${scramVerifier('pass-wörd ½')}'`);
  const url = new URL(database.ownerUrl);
  url.username = role;
  url.password = encodeURIComponent('pass-wörd ½');
  const login = connect(url.href, { role: 'read', max: 1 });
  expect(await login.query('select current_user::text as me')).toEqual([{ me: role }]);
  await login.end();
  await owner.query(`drop role ${role}`);
});

const file = (name: string, sha256 = name): Parameters<typeof pendingMigrations>[0][number] => ({
  name,
  sha256,
  statements: [],
});
describe('which files are pending', () => {
  const files = [file('0000_a'), file('0001_b'), file('0002_c')];

  test('those without a mark', () => {
    expect(pendingMigrations(files, [file('0000_a')]).map((one) => one.name)).toEqual(['0001_b', '0002_c']);
    expect(pendingMigrations(files, files)).toEqual([]);
  });
  test('none of a newer database', () => {
    expect(() => pendingMigrations(files, [file('0009_z')])).toThrow(/newer than this program: migration "0009_z"/);
  });
  test('none when an applied file was changed', () => {
    expect(() => pendingMigrations(files, [file('0000_a', 'other')])).toThrow(
      /"0000_a" was changed after it was applied/,
    );
  });
  test('none when one slipped in before the last', () => {
    expect(() => pendingMigrations(files, [file('0000_a'), file('0002_c')])).toThrow(/"0001_b" sorts before "0002_c"/);
  });
});

describe('month partitions', () => {
  test('reach three months ahead over the end of the year', () => {
    expect(monthsAhead(new Date('2026-11-30T23:59:59Z'))).toEqual([
      '2026-11-01',
      '2026-12-01',
      '2027-01-01',
      '2027-02-01',
    ]);
    expect(partitionStatements(new Set(['raw_message', 'raw_message_2026_12', 'raw_message_default']), NOW)).toEqual([
      `create table "raw_message_2026_11" partition of "raw_message" for values from ('2026-11-01') to ('2026-12-01')`,
      `create table "raw_message_2027_01" partition of "raw_message" for values from ('2027-01-01') to ('2027-02-01')`,
      `create table "raw_message_2027_02" partition of "raw_message" for values from ('2027-02-01') to ('2027-03-01')`,
    ]);
  });

  test('a month whose rows lie in the default partition stays there, and later months are made', async () => {
    await go();
    await owner.query(
      `insert into raw_message (tenant_id, month, id, feed, name, control_id, received_at, sha256, size_bytes, payload)
       values (gen_random_uuid(), '2027-03-01', gen_random_uuid(), 'f', 'n', 'c', now(), 's', 1, 'x')`,
    );
    await migrate({ ownerUrl: database.ownerUrl, now: new Date('2027-01-15T00:00:00Z'), folder });
    const parts = await owner.query<{ name: string }>(`select inhrelid::regclass::text as name from pg_inherits
      where inhparent = 'raw_message'::regclass order by 1`);
    expect(parts.map((row) => row.name)).toEqual([
      'raw_message_2026_11',
      'raw_message_2026_12',
      'raw_message_2027_01',
      'raw_message_2027_02',
      'raw_message_2027_04',
      'raw_message_default',
    ]);
  });
});
