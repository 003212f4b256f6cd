import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REGISTRY } from '../../drizzle/registry.ts';
import { type TestDatabase, testDatabase, waitFor } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('every registered table is in a test database', async () => {
  const rows = await database.owner.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'hub'`,
  );
  expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(Object.keys(REGISTRY)));
});

test('two test databases do not see each other', async () => {
  const other = await testDatabase();
  await other.ingest.query(`insert into tenant (id, name, title, zone) values (gen_random_uuid(), 'a', 'A', 'UTC')`);
  expect(await database.ingest.query('select 1 from tenant')).toHaveLength(0);
  await other.close();
});

test('each pool logs in as its own role', async () => {
  const { owner, ...pools } = { owner: database.owner, ingest: database.ingest, read: database.read };
  for (const [name, pool] of Object.entries(pools)) {
    expect(await pool.query('select current_user::text as me')).toMatchObject([{ me: `hub_${name}` }]);
  }
  expect(await owner.query('select usesuper from pg_user where usename = current_user')).toMatchObject([
    { usesuper: true },
  ]);
});

test('waitFor names what did not come', async () => {
  await expect(waitFor('the moon', () => false, 20)).rejects.toThrow('waited 20 ms in vain for: the moon');
  let asked = 0;
  expect(await waitFor('third question', () => ((asked += 1) === 3 ? asked : undefined))).toBe(3);
});
