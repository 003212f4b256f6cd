/** What files of master data change: whole lists end what they do not name, counts are functions of the facts, "as known at T" is answered. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CanonicalRecord, ReferenceRecord, SnapshotRecord } from '../../src/model/records.ts';
import { countImportsStage, detailsOf, knownAt } from '../../src/normalize/versions/count-imports.ts';
import { VERSION_SPECS } from '../../src/normalize/versions/version-spec.ts';
import { withTenant } from '../../src/db/tenant.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TestRaw, type World, listed, normalizeWorld, numberedId, roster, units } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
const TABLES = Object.values(VERSION_SPECS).map(({ table }) => table);
beforeEach(() =>
  world.rows(
    `truncate raw_message, raw_state, record_error, change, exception_cause, exception_work, data_import, data_snapshot, data_sighting, import_effect, ${TABLES.join(', ')}`,
  ),
);

const file = (number: number, day: number, feed: string, ...records: CanonicalRecord[]): TestRaw => ({
  payload: units(...records),
  feed,
  receivedAt: `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`,
  rawId: numberedId(number),
});
const whole = (kind: SnapshotRecord['kind'], within = ''): SnapshotRecord => ({
  type: 'snapshot',
  of: kind === 'medicaidExclusion' ? 'reference' : 'master',
  kind,
  within,
});

const work = async (tenant: string): Promise<void> => {
  await world.drain(tenant);
  while ((await countImportsStage.run(world.context(tenant))) > 0);
};
const imports = (tenant = 'north') =>
  world.rows(
    `select raw_id, kind, rows, added, changed, ended, unchanged from data_import where tenant_id = $1 order by received_at, raw_id, kind`,
    [world.tenantId(tenant)],
  );
const versions = () =>
  world.rows(
    `select npi, entity, valid_to, known_from, known_to, raw_id, ordinal from prescriber_affiliation
     order by npi, entity, valid_from nulls first, known_from, raw_id, ordinal`,
  );
/** The roster as it was known at an instant. */
const rosterAt = async (instant: string): Promise<string[]> => {
  const context = world.context('north');
  const rows = await withTenant(context.db, context.tenant.id, (tx) =>
    knownAt(tx, 'prescriberAffiliation', instant, null, 100),
  );
  return rows.map(({ key: [npi], row: { valid_to: to } }) =>
    to === null ? String(npi) : `${String(npi)} to ${String(to)}`,
  );
};

const STORY = [
  file(1, 1, 'files', roster({ npi: '1' }), roster({ npi: '2' }), roster({ npi: '3' }), whole('prescriberAffiliation')),
  // 2 has left, 3 ends, 4 is new.
  file(
    2,
    5,
    'files',
    roster({ npi: '1' }),
    roster({ npi: '3', to: '2026-04-30' }),
    roster({ npi: '4' }),
    whole('prescriberAffiliation'),
  ),
  // Another feed: its rows are not the list's.
  file(3, 6, 'ehr', roster({ npi: '9' }), roster({ npi: '1', affiliation: 'LOCUM' })),
  // 2 comes back; 1, known by the other feed last, stays; 4 goes.
  file(4, 9, 'files', roster({ npi: '2' }), roster({ npi: '3', to: '2026-04-30' }), whole('prescriberAffiliation')),
  // Not a whole list.
  file(5, 10, 'files', roster({ npi: '5' }), roster({ npi: '5', affiliation: 'REFERRAL' })),
];

test('a whole list ends what it does not name, whatever is processed first', async () => {
  const random = seededRandom(7);
  const states: unknown[] = [];
  for (let run = 0; run < 8; run += 1) {
    await world.rows(
      `truncate raw_message, raw_state, data_import, data_snapshot, data_sighting, prescriber_affiliation`,
    );
    const order = run === 0 ? STORY : [...STORY].sort(() => random() - 0.5);
    for (const one of order) {
      await world.receive('north', [one]);
      await work('north');
    }
    states.push([await versions(), await imports()]);
  }
  for (const state of states) expect(state).toEqual(states[0]);

  expect(await imports()).toEqual(
    [
      { rows: 3, added: 3, changed: 0, ended: 0, unchanged: 0 },
      // 3 by its date, 2 by its absence.
      { rows: 3, added: 1, changed: 0, ended: 2, unchanged: 1 },
      { rows: 2, added: 1, changed: 1, ended: 0, unchanged: 0 },
      { rows: 2, added: 1, changed: 0, ended: 1, unchanged: 1 },
      { rows: 1, added: 1, changed: 0, ended: 0, unchanged: 0 },
    ].map((counts, index) => ({ raw_id: numberedId(index + 1), kind: 'prescriberAffiliation', ...counts })),
  );
  expect(await rosterAt('2026-03-04T23:59:59Z')).toEqual(['1', '2', '3']);
  expect(await rosterAt('2026-03-05T00:00:00Z')).toEqual(['1', '3 to 2026-04-30', '4']);
  expect(await rosterAt('2026-03-08T00:00:00Z')).toEqual(['1', '3 to 2026-04-30', '4', '9']);
  expect(await rosterAt('2026-04-01T00:00:00Z')).toEqual(['1', '2', '3 to 2026-04-30', '5', '9']);
});

test('what ended by absence marks its claims, once', async () => {
  for (const one of STORY.slice(0, 2)) {
    await world.receive('north', [one]);
    await world.drain('north');
  }
  const changes = await world.changes('north');
  expect(new Set(changes)).toEqual(new Set(['ROSTER 1', 'ROSTER 2', 'ROSTER 3', 'ROSTER 4']));
  // The same list again changes nothing.
  await world.receive('north', [{ ...STORY[1]!, rawId: numberedId(20), receivedAt: '2026-03-07T00:00:00.000Z' }]);
  await work('north');
  expect(await world.changes('north')).toEqual([]);
  expect((await imports()).at(-1)).toMatchObject({ rows: 3, unchanged: 3, ended: 0 });
});

test('the differences can be read row by row', async () => {
  for (const one of STORY.slice(0, 2)) await world.receive('north', [one]);
  await work('north');
  const file2 = {
    rawId: numberedId(2),
    kind: 'prescriberAffiliation' as const,
    feed: 'files',
    receivedAt: STORY[1]!.receivedAt ?? '',
  };
  const context = world.context('north');
  const details = await withTenant(context.db, context.tenant.id, (tx) => detailsOf(tx, file2, 10));
  expect(details.map(({ effect, key }) => `${effect} ${String(key[0])}`)).toEqual(['ADDED 4', 'ENDED 2', 'ENDED 3']);
  expect(details[1]).toMatchObject({ after: null });
  expect(details[2]).toMatchObject({ before: { valid_to: null }, after: { valid_to: '2026-04-30' } });
  expect(await withTenant(context.db, context.tenant.id, (tx) => detailsOf(tx, file2, 1))).toHaveLength(2);
});

test('a whole list of a part ends rows of that part only; public files are counted in every tenant', async () => {
  await world.receive('public', [
    file(
      1,
      1,
      'files',
      listed('DSH1', '2026Q1'),
      listed('DSH2', '2026Q1'),
      listed('DSH1', '2026Q2'),
      whole('medicaidExclusion', '2026Q1'),
      whole('medicaidExclusion', '2026Q2'),
    ),
    file(2, 2, 'files', listed('DSH1', '2026Q1'), whole('medicaidExclusion', '2026Q1')),
  ]);
  await work('public');
  expect(
    await world.rows(`select quarter, id340b from medicaid_exclusion where known_to is null order by 1, 2`),
  ).toEqual([
    { quarter: '2026Q1', id340b: 'DSH1' },
    { quarter: '2026Q2', id340b: 'DSH1' },
  ]);
  const counts = await imports('public');
  expect(counts.map((row) => [row['rows'], row['added'], row['ended'], row['unchanged']])).toEqual([
    [3, 3, 0, 0],
    [1, 0, 1, 1],
  ]);
  expect(await imports('north')).toEqual(counts);
  expect(await imports('south')).toEqual(counts);
});

test("a tenant's feed cannot end public rows", async () => {
  await world.receive('public', [file(1, 1, 'files', listed('DSH1'))]);
  await world.receive('north', [file(2, 2, 'files', whole('medicaidExclusion', '2026Q1'))]);
  await work('public');
  await work('north');
  expect(await world.rows(`select state from raw_state where raw_id = $1`, [numberedId(2)])).toEqual([
    { state: 'HELD' },
  ]);
  expect(await world.rows(`select 1 from medicaid_exclusion where known_to is null`)).toHaveLength(1);
});

test('an entity that takes part no more, or whose termination comes nearer, has ended', async () => {
  const entity = (more: Partial<Extract<ReferenceRecord, { kind: 'coveredEntity' }>['row']>): ReferenceRecord => ({
    type: 'reference',
    kind: 'coveredEntity',
    row: {
      id340b: 'DSH1',
      parent340b: 'DSH1',
      name: 'N',
      subName: '',
      entityType: 'DSH',
      state: 'IL',
      participating: true,
      startDate: '2020-01-01',
      terminationDate: null,
      ...more,
    },
  });
  const days = [
    entity({}),
    entity({ name: 'M' }),
    entity({ name: 'M', terminationDate: '2026-12-31' }),
    entity({ name: 'M', terminationDate: '2027-12-31' }),
    entity({ name: 'M', terminationDate: '2027-12-31', participating: false }),
  ];
  await world.receive(
    'public',
    days.map((one, index) => file(index + 1, index + 1, 'files', one)),
  );
  await work('public');
  const counts = await imports('public');
  expect(counts.map((row) => [row['added'], row['changed'], row['ended']])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 0, 1],
  ]);
});
