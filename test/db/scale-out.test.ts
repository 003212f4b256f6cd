/** The rules of SCALE-OUT.md, walked over every table of the database and every statement of the sources. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { REGISTRY } from '../../drizzle/registry.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { tableReferences } from '../support/sql-references.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const TENANT_TABLES = new Set(Object.keys(REGISTRY).filter((name) => REGISTRY[name]?.kind === 'tenant'));

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.sql'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
const STATEMENTS = files(SOURCES).map((path) => ({
  path,
  name: relative(SOURCES, path),
  text: readFileSync(path, 'utf8'),
}));

describe('statements', () => {
  test.each(STATEMENTS)('$name: every reference to a tenant table carries its own tenant', ({ text }) => {
    const open = tableReferences(text, TENANT_TABLES).filter((reference) => !reference.carriesTenant);
    expect(open).toEqual([]);
  });

  test.each(STATEMENTS)('$name: only what PostgreSQL 16 and distributed tables accept', ({ text }) => {
    const code = text.replaceAll(/--[^\n]*/g, '').replaceAll(/'(?:[^']|'')*'/g, "''");
    expect(code).not.toMatch(/\b(?:hub|public)\./);
    expect(code).not.toMatch(/\buuidv7\s*\(|\bjson_table\s*\(|\bmerge\s+into\b|\bon_error\b|\bwithout\s+overlaps\b/i);
    for (const [set] of code.matchAll(/\bset\b[\s\S]*?(?:\bwhere\b|\breturning\b|\bfrom\b|$)/gi))
      expect(set).not.toMatch(
        /\b(?:now|clock_timestamp|random|gen_random_uuid|statement_timestamp)\s*\(|\bcurrent_(?:timestamp|date)\b/i,
      );
  });

  test.each(STATEMENTS)('$name: is named by a module of its folder or the one above', ({ path }) => {
    const folders = [dirname(path), dirname(dirname(path))];
    const modules = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(folder, name), 'utf8')),
    );
    expect(modules.some((text) => text.includes(basename(path, '.sql')))).toBe(true);
  });
});

const missing = (text: string): string[] =>
  tableReferences(text, TENANT_TABLES)
    .filter((reference) => !reference.carriesTenant)
    .map((reference) => `${reference.table} ${reference.alias}`);

describe('the reader of statements finds a missing tenant', () => {
  test.each<[string, string, string[]]>([
    ['one table', 'select 1 from dispense where tenant_id = $1::uuid', []],
    ['no predicate', 'select 1 from dispense where id = $2', ['dispense dispense']],
    ['$10 is not $1', 'select 1 from dispense where tenant_id = $10', ['dispense dispense']],
    [
      'through the join only',
      'select 1 from dispense d join encounter e on e.tenant_id = d.tenant_id where d.tenant_id = $1::uuid',
      ['encounter e'],
    ],
    [
      'in a lateral subquery',
      'select 1 from dispense d cross join lateral (select 1 from encounter e where e.id = d.encounter_id) x where d.tenant_id = $1',
      ['encounter e'],
    ],
    [
      'CTE names are not tables',
      'with dispense as (select 1 from encounter e where e.tenant_id = $1) select * from dispense',
      [],
    ],
    [
      'update from',
      'update dispense d set status = c.x from claim_response c where d.tenant_id = $1',
      ['claim_response c'],
    ],
    ['delete using', 'delete from dispense d using encounter as e where e.tenant_id = $1', ['dispense d']],
    ['comma list', 'select 1 from dispense d, encounter e where d.tenant_id = $1', ['encounter e']],
    [
      'second half of a union',
      'select 1 from dispense d where d.tenant_id = $1 union all select 1 from dispense d where d.id = $2',
      ['dispense d'],
    ],
    ['a column named like a table', 'select d.ncpdp, feed, plan from dispense d where d.tenant_id = $1', []],
    ['insert without tenant', 'insert into dispense (id) values ($1)', ['dispense dispense']],
    ['insert with tenant', 'insert into dispense (tenant_id, id) select $1, x from unnest($2::uuid[]) x', []],
    ['a comment is no predicate', 'select 1 from dispense d -- d.tenant_id = $1\n', ['dispense d']],
    [
      'on in parentheses',
      'select 1 from dispense d join plan p on (p.tenant_id = $1 and p.bin = d.bin) where d.tenant_id = $1',
      [],
    ],
    ['skip locked', 'select 1 from decision_work w where w.tenant_id = $1 for update skip locked', []],
    [
      'delete of a popped selection',
      'delete from decision_work where (tenant_id, ncpdp) in (select tenant_id, ncpdp from decision_work where tenant_id = $1)',
      ['decision_work decision_work'],
    ],
  ])('%s', (_, text, expected) => {
    expect(missing(text)).toEqual(expected);
  });
});

describe('tables', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  test('tenant_id comes first in every key and index of a tenant table', async () => {
    const indexes = await database.owner.query<{ table: string; index: string; first: string }>(
      `select t.relname as table, i.relname as index, pg_get_indexdef(x.indexrelid, 1, true) as first
       from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
       join pg_namespace n on n.oid = t.relnamespace
       where n.nspname = 'hub' and not t.relispartition`,
    );
    const wrong = indexes.filter((row) => TENANT_TABLES.has(row.table) && row.first !== 'tenant_id');
    expect(wrong).toEqual([]);
    expect(indexes.length).toBeGreaterThan(TENANT_TABLES.size);
  });

  test('tenant_id is a uuid that cannot be null, and no other table has one', async () => {
    const columns = await database.owner.query<{ table: string; type: string; required: boolean }>(
      `select c.relname as table, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'hub' and a.attname = 'tenant_id' and c.relkind in ('r', 'p') and not c.relispartition`,
    );
    expect(columns.map((row) => row.table).sort()).toEqual([...TENANT_TABLES].sort());
    expect(columns.filter((row) => row.type !== 'uuid' || !row.required)).toEqual([]);
  });

  test('foreign keys are named, begin with the tenant, never set null and never leave their kind', async () => {
    const keys = await database.owner.query<{
      name: string;
      from: string;
      to: string;
      columns: string[];
      targets: string[];
      onDelete: string;
    }>(
      `select k.conname as name, c.relname as from, f.relname as to, k.confdeltype as "onDelete",
        (select array_agg(a.attname::text order by o.n) from unnest(k.conkey) with ordinality o(num, n)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.num) as columns,
        (select array_agg(a.attname::text order by o.n) from unnest(k.confkey) with ordinality o(num, n)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.num) as targets
       from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
       join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'hub' and k.contype = 'f'`,
    );
    for (const key of keys) {
      expect(['a', 'c']).toContain(key.onDelete);
      const kinds = [REGISTRY[key.from]?.kind, REGISTRY[key.to]?.kind];
      expect(kinds).not.toContain('local');
      if (kinds[0] === 'tenant' && kinds[1] === 'tenant')
        expect([key.name, key.columns[0], key.targets[0]]).toEqual([key.name, 'tenant_id', 'tenant_id']);
      if (kinds[0] === 'reference') expect([key.name, kinds[1]]).toEqual([key.name, 'reference']);
    }
  });

  test('there are no triggers, rules, views or materialized views', async () => {
    const rows = await database.owner.query(
      `select tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
         join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'hub' and not t.tgisinternal
       union all
       select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'hub' and c.relkind in ('v', 'm')
       union all
       select rulename from pg_rules where schemaname = 'hub'`,
    );
    expect(rows).toEqual([]);
  });
});
