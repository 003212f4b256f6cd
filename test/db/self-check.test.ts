/** The start-up self-check is silent on a fresh database and finds each way of opening it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REGISTRY } from '../../drizzle/registry.ts';
import { connect } from '../../src/db/client.ts';
import { migrate } from '../../src/db/migrate.ts';
import { selfCheck } from '../../src/db/self-check.ts';
import { type TestDatabase, testCluster, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
const check = (): Promise<string[]> => selfCheck([database.ingest, database.read, database.monitor]);

test('nothing is found in a freshly migrated database', async () => {
  expect(await check()).toEqual([]);
});

/** What somebody does, how it is undone, and a piece of the sentence that must name it. */
const SABOTAGE: [string, string, string, string][] = [
  ['stops forcing', 'alter table patient no force row level security', '', 'Table "patient" does not force'],
  [
    'switches security off',
    'alter table patient disable row level security',
    '',
    '"patient" has row-level security switched off',
  ],
  ['adds a policy', 'create policy more on patient using (true)', '', '"patient" must have exactly the policy'],
  ['drops the policy', 'drop policy tenant_isolation on feed', '', '"feed" must have exactly the policy'],
  [
    'changes the policy',
    `alter policy tenant_isolation on feed using (tenant_id::text = current_setting('hub.tenant', true))`,
    '',
    '"feed" must have exactly the policy',
  ],
  [
    'narrows the policy',
    'alter policy tenant_isolation on feed to hub_read',
    '',
    '"feed" must have exactly the policy',
  ],
  [
    'opens a partition',
    'alter table raw_message_default disable row level security',
    '',
    '"raw_message_default" has row-level',
  ],
  ['grants an update', 'grant update on accumulator_entry to hub_ingest', '', 'grants too much (hub_ingest UPDATE)'],
  [
    'grants a column',
    'grant select (payload) on raw_message to hub_read',
    '',
    'grants too much (hub_read SELECT(payload))',
  ],
  ['grants to everybody', 'grant select on patient to public', '', 'grants too much (public SELECT)'],
  ['takes a grant away', 'revoke select on patient from hub_read', '', 'lacks a grant (hub_read SELECT)'],
  [
    'makes a view',
    'create view all_patients as select * from patient',
    'drop view all_patients',
    'View "all_patients"',
  ],
  [
    'makes a materialized view',
    'create materialized view kept as select * from patient',
    'drop materialized view kept',
    'Materialized view "kept"',
  ],
  [
    'makes a definer function',
    'create function peek() returns bigint language sql security definer as $$ select count(*) from patient $$',
    'drop function peek()',
    'Function peek() runs with its owner',
  ],
  ['makes a table', 'create table extra (id int)', 'drop table extra', 'Table "extra" is not in drizzle/registry.ts'],
  [
    'makes a trigger',
    `create function nothing() returns trigger language plpgsql as $$ begin return new; end $$;
     create trigger quiet before insert on patient for each row execute function nothing()`,
    'drop function nothing() cascade',
    'trigger "patient.quiet"',
  ],
  [
    'gives a table away',
    'alter table feed owner to hub_read',
    'alter table feed owner to hub_owner',
    '"hub_read" owns feed',
  ],
  [
    'opens public',
    'grant create on schema public to public',
    'revoke create on schema public from public',
    'may create objects in schema "public"',
  ],
  [
    'adds a migration of the future',
    `insert into schema_migration (name, sha256) values ('9999_future', 'x')`,
    `delete from schema_migration where name = '9999_future'`,
    'newer than this program',
  ],
  [
    'forgets a migration',
    `create temp table aside as select * from schema_migration; delete from schema_migration where name = (select max(name) from schema_migration)`,
    'insert into schema_migration select * from aside on conflict do nothing',
    'older than this program',
  ],
];

test.each(SABOTAGE)('finds who %s, and migrating cures what is not undone by hand', async (_, act, undo, sentence) => {
  const one = connect(database.ownerUrl, { role: 'owner', max: 1 });
  await one.query(act);
  const findings = await check();
  expect(findings.join('\n')).toContain(sentence);
  if (undo !== '') await one.query(undo);
  await one.end();
  await migrate({ ownerUrl: database.ownerUrl, now: new Date() });
  expect(await check()).toEqual([]);
});

test('finds a login with powers', async () => {
  expect((await selfCheck([database.owner])).join('\n')).toMatch(/is a superuser, for whom row-level security is off/);
});

/** Role powers belong to the whole server, so a role of its own is used here, not one that other tests log in with. */
test.each([
  ['bypassrls', '', 'may bypass row-level security'],
  ['createrole', '', 'may make roles'],
  ['replication', '', 'may replicate'],
  ['', 'grant hub_owner to', 'is a member of "hub_owner"'],
  ['', 'grant pg_read_all_data to', 'is a member of "pg_read_all_data"'],
])('finds a login with %s %s', async (power, grant, sentence) => {
  const role = `check_${database.name}`;
  await database.owner.query(`create role ${role} login password 'x' ${power}`);
  await database.owner.query(`grant hub_read to ${role}`);
  if (grant !== '') await database.owner.query(`${grant} ${role}`);
  const url = new URL(database.ownerUrl);
  url.username = role;
  url.password = 'x';
  const pool = connect(url.href, { role: 'read', max: 1 });
  expect((await selfCheck([pool])).join('\n')).toContain(sentence);
  await pool.end();
  await database.owner.query(`drop role ${role}`);
});

test('a table that the registry forgets is found, as is one that no migration made', async () => {
  const { patient, ...rest } = REGISTRY;
  const findings = await selfCheck([database.ingest], {
    registry: { ...rest, ...(patient === undefined ? {} : { unicorn: patient }) },
  });
  expect(findings).toEqual([
    'Table "patient" is not in drizzle/registry.ts. Declare it there, or drop it.',
    'Tables are missing: unicorn. Run "hub migrate" to put it right.',
  ]);
});

test('an empty database says what to do', async () => {
  const pool = connect(testCluster().ownerUrl, { role: 'read', max: 1 });
  expect((await selfCheck([pool])).join('\n')).toContain('Run "hub migrate" with DATABASE_OWNER_URL');
  await pool.end();
});
