/**
 * The queue of changes: many keys to a row, each marked once, whatever signs it has, and taken away oldest first by number of
 * keys. And what the key of a plan marks.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChangeKind } from '../../src/db/changes.ts';
import { newId } from '../../src/db/ids.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { decideStage } from '../../src/decide/decide.ts';
import { markStage, markWaiting } from '../../src/decide/mark.ts';
import { writeChanges } from '../../src/normalize/write-changes.ts';
import { waitingWork } from '../../src/rebuild.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { World } from './decide-world.ts';

interface ChangeRow {
  kind: ChangeKind;
  keys: string[];
  raw_id: string | null;
}

let database: TestDatabase;
let worlds = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** A tenant for which nothing waits. */
async function quiet(): Promise<World> {
  const world = await new World(database.ingest, `c${(worlds += 1)}`).setUp();
  await world.settle([markStage]);
  expect(await waitingWork(database.ingest, [world.tenant])).toBe(0);
  return world;
}
const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `1234567|${from + at}`);
const write = (
  world: World,
  ...given: Parameters<typeof writeChanges> extends [unknown, unknown, ...infer Rest] ? Rest : never
) => withTenant(database.ingest, world.tenant.id, (tx) => writeChanges(tx, world.tenant.id, ...given));
const rowsOf = (world: World) =>
  world.query<ChangeRow>('select kind, keys, raw_id from change where tenant_id = $1 order by id');
const marked = async (world: World): Promise<string[]> => {
  const rows = await world.query<{ key: string }>(
    `select ncpdp || '|' || rx_number as key from decision_work where tenant_id = $1`,
  );
  return rows.map(({ key }) => key).sort();
};

test('prescriptions of claims fill rows, and a change that names one of them makes no second', async () => {
  const world = await quiet();
  const prescriptions = numbered(1, 150);
  await write(
    world,
    [
      { kind: 'CLAIM', key: '1234567|150' },
      { kind: 'CLAIM', key: 'NPI:1111111112|9' },
      { kind: 'PATIENT', key: '1234567|1' },
    ],
    new Set(prescriptions),
  );
  const rows = await rowsOf(world);
  expect(rows.map(({ kind, keys }) => [kind, keys.length])).toEqual([
    ['CLAIM', 64],
    ['CLAIM', 64],
    ['CLAIM', 22],
    ['CLAIM', 1],
    ['PATIENT', 1],
  ]);
  expect(rows.filter(({ kind }) => kind === 'CLAIM').flatMap(({ keys }) => keys)).toEqual([
    ...prescriptions,
    'NPI:1111111112|9',
  ]);
  expect(await waitingWork(database.ingest, [world.tenant])).toBe(152);
});

test('a key may hold any sign, and none at all', async () => {
  const world = await quiet();
  const odd = ['a\nb', '\n', 'c,d', '{"e"}', String.raw`\n`, 'NULL', ' ', 'é|Ω', 'x'];
  await write(world, [{ kind: 'ALL', key: '' }], new Set([...odd, 'nul\0', 'half\uD800']));
  const rows = await rowsOf(world);
  expect(rows.filter(({ kind }) => kind === 'ALL')).toEqual([{ kind: 'ALL', keys: [''], raw_id: null }]);
  expect(
    rows
      .filter(({ kind }) => kind === 'CLAIM')
      .flatMap(({ keys }) => keys)
      .sort(),
  ).toEqual([...odd, 'nul\uFFFD', 'half\uFFFD'].sort());
});

test('rows tell kinds and files apart; of two files the later has the key', async () => {
  const world = await quiet();
  const [first, second] = [newId(), newId()];
  await write(world, [
    { kind: 'PLAN', key: '610001', rawId: first },
    { kind: 'PLAN', key: '610002', rawId: first },
    { kind: 'PLAN', key: '610001', rawId: second },
    { kind: 'DRUG', key: '610001', rawId: first },
    { kind: 'PLAN', key: '610003' },
  ]);
  const rows = await rowsOf(world);
  expect(rows.map(({ kind, keys, raw_id: rawId }) => [kind, keys.join(), rawId])).toEqual([
    ['PLAN', '610001', second],
    ['PLAN', '610002', first],
    ['PLAN', '610003', null],
    ['DRUG', '610001', first],
  ]);
});

test('what is taken at once is bounded by keys, oldest first', async () => {
  const world = await quiet();
  // 40 rows of 64 keys: 32 of them hold 2,048.
  await write(world, [], new Set(numbered(10_000, 40 * 64)));
  expect(await markStage.run(world.context)).toBe(2_048);
  expect(await marked(world)).toEqual(numbered(10_000, 2_048));
  expect((await rowsOf(world)).flatMap(({ keys }) => keys)).toEqual(numbered(12_048, 512));
  expect(await waitingWork(database.ingest, [world.tenant])).toBe(2_048 + 512);
  expect(await markStage.run(world.context)).toBe(512);
  expect(await marked(world)).toEqual(numbered(10_000, 2_560));
});

test('a row with more keys than a transaction takes is taken alone', async () => {
  const world = await quiet();
  await world.fact([], (tx, { tenant_id: tenant }) =>
    tx
      .query(`insert into change (tenant_id, id, kind, keys) select $1, $2, 'CLAIM', $3`, [
        tenant,
        newId(),
        numbered(10_000, 5_000),
      ])
      .then(() => {}),
  );
  await write(world, [{ kind: 'CLAIM', key: '1234567|9' }]);
  expect(await markStage.run(world.context)).toBe(5_000);
  expect((await rowsOf(world)).map(({ keys }) => keys)).toEqual([['1234567|9']]);
  expect(await markStage.run(world.context)).toBe(1);
});

test('what another worker holds is passed over', async () => {
  const world = await quiet();
  await write(world, [], new Set(numbered(100, 65)));
  await withTenant(database.ingest, world.tenant.id, async (holder) => {
    await holder.query('select 1 from change where tenant_id = $1 order by id limit 1 for update', [world.tenant.id]);
    const taken = await withTenant(database.ingest, world.tenant.id, (tx) => markWaiting(tx, world.context));
    expect(taken).toBe(1);
  });
  expect(await marked(world)).toEqual(['1234567|164']);
  expect(await markStage.run(world.context)).toBe(64);
});

test('a plan marks the claims of its BIN, and those that name it as another payer', async () => {
  const world = await quiet();
  await world.claim({ rx_number: '1' });
  await world.claim({ rx_number: '2', bin: '610001', other_payers: [{ bin: '009999' }, { bin: '610000', pcn: 'B' }] });
  await world.claim({ rx_number: '3', bin: '610001', other_payers: [{ pcn: '610000' }] });
  await world.settle([markStage, decideStage]);
  await world.plan('610000', 'COMMERCIAL');
  await world.settle([markStage]);
  const work = 'select rx_number, cause from decision_work where tenant_id = $1 order by rx_number';
  expect(await world.query(work)).toEqual([
    { rx_number: '1', cause: 'PLAN' },
    { rx_number: '2', cause: 'PLAN' },
  ]);
});
