/** What a runtime login can reach of another tenant: nothing, whichever way it tries (RELIABILITY A14, E14). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect, type Database, DatabaseError, type Transaction } from '../../src/db/client.ts';
import { withoutTenantFilter } from '../../src/db/sabotage.ts';
import { readTenant, type TenantId, tenantId, tenantPredicate, withTenant } from '../../src/db/tenant.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const OWN = tenantId('00000000-0000-7000-8000-00000000000a');
const OTHER = tenantId('00000000-0000-7000-8000-00000000000b');
const PATIENT = '00000000-0000-7000-8000-0000000000ff';
const RAW = '00000000-0000-7000-8000-0000000000ee';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  for (const tenant of [OWN, OTHER]) {
    await withTenant(database.ingest, tenant, (tx) =>
      tx.query(
        `insert into patient (tenant_id, id, source_system, key, family_name, raw_id, position)
         select $1::uuid, x, 'ehr', x::text, 'Name of ' || $1::uuid, $3, 'PID' from unnest($2::uuid[]) x`,
        [tenant, tenant === OTHER ? [PATIENT, OTHER] : [OWN], RAW],
      ),
    );
  }
});
afterAll(() => database.close());

const state = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DatabaseError) return error.sqlstate;
  throw new Error(`expected a refusal, got ${String(error)}`);
};
const tenantsSeen = async (on: Pick<Transaction, 'query'>): Promise<string[]> => {
  const rows = await on.query<{ tenant: string }>('select distinct tenant_id::text as tenant from patient order by 1');
  return rows.map((row) => row.tenant);
};

describe.each(['ingest', 'read'] as const)('%s sees', (role) => {
  const pool = (): Database => database[role];

  test('nothing without a tenant', async () => {
    expect(await tenantsSeen(pool())).toEqual([]);
  });

  test('nothing with an empty tenant', async () => {
    expect(await pool().transaction(tenantsSeen, { settings: { 'hub.tenant': '' } })).toEqual([]);
  });

  test('an error with a tenant that is none', async () => {
    expect(await state(pool().transaction(tenantsSeen, { settings: { 'hub.tenant': `' or true --` } }))).toBe('22P02');
  });

  test('its own tenant in a transaction', async () => {
    expect(await withTenant(pool(), OWN, tenantsSeen)).toEqual([OWN]);
    expect(
      await readTenant(pool(), OWN, 'select $1::uuid::text as me, tenant_id::text as tenant from patient'),
    ).toEqual([{ me: OWN, tenant: OWN }]);
  });

  test('nothing on the same connection after commit, after rollback and after an error', async () => {
    const url = role === 'ingest' ? database.ingestUrl : database.readUrl;
    const one = connect(url, { role, max: 1 });
    const endings: ((tx: Transaction) => Promise<unknown>)[] = [
      tenantsSeen,
      async () => {
        throw new Error('undone');
      },
      (tx) => tx.query('select 1 / 0'),
    ];
    for (const ending of endings) {
      await withTenant(one, OTHER, ending).catch(() => {});
      expect(await tenantsSeen(one)).toEqual([]);
      expect(await withTenant(one, OWN, tenantsSeen)).toEqual([OWN]);
    }
    await one.end();
  });

  test('its own tenant after a savepoint that changed it was rolled back', async () => {
    const seen = await withTenant(pool(), OWN, async (tx) => {
      await tx
        .savepoint(async () => {
          await tx.query(`select set_config('hub.tenant', $1, true)`, [OTHER]);
          throw new Error('undone');
        })
        .catch(() => {});
      return tenantsSeen(tx);
    });
    expect(seen).toEqual([OWN]);
  });

  test('no other tenant through a function that is cheaper than the policy', async () => {
    const leaked = await withTenant(pool(), OWN, async (tx) => {
      await tx.query('create temp table seen (name text) on commit drop');
      await tx.query(
        `create function pg_temp.peek(name text) returns boolean language plpgsql cost 0.0001 as
         $$ begin insert into seen values (name); return true; end $$`,
      );
      await tx.query('select 1 from patient where pg_temp.peek(family_name)');
      const rows = await tx.query<{ name: string }>('select name from seen');
      await tx.query('drop function pg_temp.peek(text)');
      return rows.map((row) => row.name);
    });
    expect(leaked).toEqual([`Name of ${OWN}`]);
  });

  test('no more by switching row security off, becoming the owner or changing the table', async () => {
    const refused = (text: string): Promise<string> => state(withTenant(pool(), OWN, (tx) => tx.query(text)));
    expect(
      await state(
        pool().transaction(async (tx) => {
          await tx.query('set local row_security = off');
          await tx.query('select * from patient');
        }),
      ),
    ).toBe('42501');
    for (const text of [
      'set role hub_owner',
      'set session authorization hub_owner',
      'alter table patient no force row level security',
      'alter table patient disable row level security',
      'drop policy tenant_isolation on patient',
      'create policy mine on patient using (true)',
      'truncate patient',
      'create table mine (id int)',
      'create view mine as select * from patient',
      'create function mine() returns int language sql as $$ select 1 $$',
      'create table public.mine (id int)',
      'alter role current_user bypassrls',
      'select * from pg_authid',
      `copy (select 1) to program 'true'`,
      `select pg_read_file('PG_VERSION')`,
    ])
      expect([text, await refused(text)]).toEqual([text, '42501']);
  });
});

/** Inserts an identifier of a patient; answers why it was refused. */
const point = (patient: string): Promise<string> =>
  state(
    withTenant(database.ingest, OWN, (tx) =>
      tx.query(
        `insert into patient_identifier (tenant_id, patient_id, authority, type, value) values ($1, $2, 'A', 'MR', 'V')`,
        [OWN, patient],
      ),
    ),
  );

const line = async function* (): AsyncGenerator<string> {
  yield `${OWN}\tname\n`;
};

const copy = (text: string): Promise<number> =>
  withTenant(database.ingest, OWN, async (tx) => {
    await tx.query('create temp table stage (tenant_id uuid, id340b text) on commit drop');
    await tx.copyIn(text, line());
    const stored = await tx.query(
      'insert into tenant_entity (tenant_id, id340b) select $1, s.id340b from stage s on conflict do nothing',
      [OWN],
    );
    return stored.count;
  });

describe('ingest writes', () => {
  const insert = `insert into patient (tenant_id, id, source_system, key, raw_id, position) values ($1, $2, 'ehr', $3, $4, 'PID')`;

  test('no row of another tenant', async () => {
    expect(await state(withTenant(database.ingest, OWN, (tx) => tx.query(insert, [OTHER, OWN, 'k', RAW])))).toBe(
      '42501',
    );
    expect(
      await state(withTenant(database.ingest, OWN, (tx) => tx.query('update patient set tenant_id = $1', [OTHER]))),
    ).toBe('42501');
  });

  test('changes and deletes nothing of another tenant', async () => {
    const touched = await withTenant(database.ingest, OWN, async (tx) => [
      (await tx.query('update patient set sex = $2 where id = $1', [PATIENT, 'F'])).count,
      (await tx.query('delete from patient where id = $1', [PATIENT])).count,
    ]);
    expect(touched).toEqual([0, 0]);
  });

  test('the same natural key as another tenant: no unique key tells that it exists there', async () => {
    await withTenant(database.ingest, OWN, (tx) => tx.query(insert, [OWN, PATIENT, PATIENT, RAW]));
    expect(await state(withTenant(database.ingest, OWN, (tx) => tx.query(insert, [OWN, PATIENT, PATIENT, RAW])))).toBe(
      '23505',
    );
    await withTenant(database.ingest, OWN, (tx) => tx.query('delete from patient where id = $1', [PATIENT]));
  });

  test('a foreign key to another tenant fails like one to nothing', async () => {
    await database.owner.query(
      'alter table patient_identifier add constraint patient_identifier_patient foreign key (tenant_id, patient_id) references patient (tenant_id, id)',
    );
    expect([await point(PATIENT), await point(RAW)]).toEqual(['23503', '23503']);
  });

  test('by COPY into a stage only: COPY into a tenant table is refused', async () => {
    expect(await copy('copy stage from stdin')).toBe(1);
    expect(await state(copy('copy tenant_entity (tenant_id, id340b) from stdin'))).toBe('0A000');
  });

  test('append-only tables only at the end', async () => {
    for (const table of ['raw_message', 'raw_receipt', 'accumulator_entry'])
      for (const text of [`delete from ${table}`, `update ${table} set tenant_id = tenant_id`, `truncate ${table}`])
        expect([text, await state(withTenant(database.ingest, OWN, (tx) => tx.query(text)))]).toEqual([text, '42501']);
  });

  test('a partition only through its table', async () => {
    expect(await state(withTenant(database.ingest, OWN, (tx) => tx.query('select 1 from raw_message_default')))).toBe(
      '42501',
    );
  });
});

describe('the other roles', () => {
  test('read writes nothing and sees no payload', async () => {
    for (const text of [
      'select payload from raw_message',
      `insert into tenant_entity (tenant_id, id340b) values ('${OWN}', 'x')`,
      `update patient set sex = 'F'`,
      'delete from patient',
    ])
      expect([text, await state(withTenant(database.read, OWN, (tx) => tx.query(text)))]).toEqual([text, '42501']);
  });

  test('monitor sees the feeds of a tenant and no patient', async () => {
    expect(await withTenant(database.monitor, OWN, (tx) => tx.query('select 1 from feed'))).toEqual([]);
    for (const table of ['patient', 'claim_transaction', 'dispense', 'raw_message', 'record_error', 'exception_case'])
      expect(await state(withTenant(database.monitor, OWN, (tx) => tx.query(`select 1 from ${table}`)))).toBe('42501');
  });

  test('the owner itself is under row-level security', async () => {
    const seen = await database.owner.transaction(async (tx) => {
      await tx.query('set local role hub_owner');
      return tenantsSeen(tx);
    });
    expect(seen).toEqual([]);
  });
});

describe('two locks', () => {
  let sabotaged: TestDatabase;
  beforeAll(async () => {
    sabotaged = await testDatabase();
    for (const tenant of [OWN, OTHER])
      await withTenant(sabotaged.ingest, tenant, (tx) =>
        tx.query('insert into tenant_entity (tenant_id, id340b) values ($1::uuid, $1::uuid::text)', [tenant]),
      );
  });
  afterAll(() => sabotaged.close());

  const entitiesSeen = (tenant: TenantId, predicate: boolean): Promise<string[]> =>
    withTenant(sabotaged.read, tenant, async (tx) => {
      const where = withoutTenantFilter(tenantPredicate('e'), !predicate);
      const rows = await tx.query<{ id: string }>(
        `select e.id340b as id from tenant_entity e where ${where} order by 1`,
        [tenant],
      );
      return rows.map((row) => row.id);
    });

  test('either alone keeps tenants apart; without both the other tenant shows', async () => {
    expect(await entitiesSeen(OWN, true)).toEqual([OWN]);
    expect(await entitiesSeen(OWN, false)).toEqual([OWN]);
    await sabotaged.owner.query('alter table tenant_entity disable row level security');
    expect(await entitiesSeen(OWN, true)).toEqual([OWN]);
    expect(await entitiesSeen(OWN, false)).toEqual([OWN, OTHER]);
  });
});
