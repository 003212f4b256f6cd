/**
 * Rows that repeat what is current make no versions. What is known as of any instant, what each file changed and which versions
 * there are follow from the files alone, in whatever order and company they are processed; a model that keeps every row says so.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.ts';
import type { CanonicalRecord, MasterRecord, SnapshotRecord } from '../../src/model/records.ts';
import { countImportsStage, knownAt } from '../../src/normalize/versions/count-imports.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type TestRaw, type World, normalizeWorld, numberedId, roster, units } from './normalize-world.ts';

let world: World;
beforeAll(async () => {
  world = await normalizeWorld();
});
afterAll(() => world.close());
const forget = () =>
  world.rows(
    'truncate raw_message, raw_state, change, data_import, data_snapshot, data_sighting, prescriber_affiliation',
  );
beforeEach(forget);

type Roster = Extract<MasterRecord, { kind: 'prescriberAffiliation' }>['row'];
const LIST: SnapshotRecord = { type: 'snapshot', of: 'master', kind: 'prescriberAffiliation', within: '' };
const instantOf = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`;

interface File {
  day: number;
  feed: string;
  rows: [npi: string, affiliation: Roster['affiliation']][];
  /** It ends what it does not name. */
  list: boolean;
}

const rawOf = ({ day, feed, rows, list }: File): TestRaw => {
  const records: CanonicalRecord[] = rows.map(([npi, affiliation]) => roster({ npi, affiliation }));
  return {
    payload: units(...records, ...(list ? [LIST] : [])),
    feed,
    receivedAt: instantOf(day),
    rawId: numberedId(day),
  };
};

const work = async (): Promise<void> => {
  await world.drain('north');
  while ((await countImportsStage.run(world.context('north'))) > 0);
};

/** Content as of an instant, as the hub answers it. */
async function answered(day: number): Promise<string[]> {
  const { db, tenant } = world.context('north');
  const rows = await withTenant(db, tenant.id, (tx) => knownAt(tx, 'prescriberAffiliation', instantOf(day), null, 100));
  return rows.map(({ key, row }) => `${String(key[0])} ${String(row['affiliation'])}`);
}

/** The same from all rows that were ever said: the latest of each key, unless a later list of its feed does not name it. */
function expected(files: readonly File[], day: number): string[] {
  const known = files.filter((file) => file.day <= day).toSorted((a, b) => a.day - b.day);
  const latest = new Map<string, { file: File; affiliation: string }>();
  for (const file of known) for (const [npi, affiliation] of file.rows) latest.set(npi, { file, affiliation });
  const ended = ({ file }: { file: File }): boolean =>
    known.some((other) => other.list && other.feed === file.feed && other.day > file.day);
  return [...latest]
    .filter(([, last]) => !ended(last))
    .map(([npi, { affiliation }]) => `${npi} ${affiliation}`)
    .sort();
}

const versions = () =>
  world.rows<{ raw_id: string; npi: string; affiliation: string; known_from: string; known_to: string | null }>(
    `select npi, affiliation, known_from, known_to, ended_on, raw_id, position, ordinal from prescriber_affiliation
     order by npi, known_from, raw_id, ordinal`,
  );
const imports = () =>
  world.rows(
    'select raw_id, rows, added, changed, ended, unchanged from data_import where tenant_id = $1 order by received_at',
    [world.tenantId('north')],
  );

test('a row said again makes no version, and counts as unchanged', async () => {
  const said: File['rows'] = [
    ['1', 'STAFF'],
    ['2', 'STAFF'],
  ];
  for (const day of [1, 2, 3]) {
    await world.receive('north', [rawOf({ day, feed: 'files', rows: said, list: false })]);
    await work();
  }
  await world.receive('north', [
    rawOf({
      day: 4,
      feed: 'files',
      rows: [
        ['1', 'STAFF'],
        ['2', 'LOCUM'],
      ],
      list: false,
    }),
  ]);
  await work();
  expect((await versions()).map(({ npi, known_from, known_to }) => [npi, known_from, known_to])).toEqual([
    ['1', instantOf(1), null],
    ['2', instantOf(1), instantOf(4)],
    ['2', instantOf(4), null],
  ]);
  expect(await imports()).toEqual(
    [
      { rows: 2, added: 2, changed: 0, ended: 0, unchanged: 0 },
      { rows: 2, added: 0, changed: 0, ended: 0, unchanged: 2 },
      { rows: 2, added: 0, changed: 0, ended: 0, unchanged: 2 },
      { rows: 2, added: 0, changed: 1, ended: 0, unchanged: 1 },
    ].map((counts, index) => ({ raw_id: numberedId(index + 1), ...counts })),
  );
});

test('a file that comes late brings back what was said again after it', async () => {
  const said = (day: number, affiliation: Roster['affiliation']): File => ({
    day,
    feed: 'files',
    rows: [['1', affiliation]],
    list: false,
  });
  for (const file of [said(1, 'STAFF'), said(5, 'STAFF'), said(9, 'STAFF')]) {
    await world.receive('north', [rawOf(file)]);
    await work();
  }
  expect(await versions()).toHaveLength(1);
  await world.receive('north', [rawOf(said(3, 'LOCUM'))]);
  await work();
  expect(
    (await versions()).map(({ affiliation, known_from, known_to }) => [affiliation, known_from, known_to]),
  ).toEqual([
    ['STAFF', instantOf(1), instantOf(3)],
    ['LOCUM', instantOf(3), instantOf(5)],
    ['STAFF', instantOf(5), null],
  ]);
  expect(await world.changes('north')).toEqual(['ROSTER 1']);
});

const AFFILIATIONS = ['STAFF', 'STAFF', 'STAFF', 'LOCUM'] as const;

/** Files of two feeds that mostly repeat each other; some are whole lists, some name a key twice. */
function history(random: () => number): File[] {
  const some = (most: number): number => Math.floor(random() * most);
  return Array.from({ length: 3 + some(7) }, (_, index) => ({
    day: index + 1,
    feed: random() < 0.8 ? 'files' : 'ehr',
    rows: Array.from({ length: some(5) }, () => [String(some(3)), AFFILIATIONS[some(4)] ?? 'STAFF'] as const).map(
      ([npi, affiliation]): File['rows'][number] => [npi, affiliation],
    ),
    list: random() < 0.25,
  }));
}

test('versions, counts and answers are the same in every order of processing', async () => {
  const random = seededRandom(340);
  for (let story = 0; story < 14; story += 1) {
    const files = history(random);
    const states: unknown[] = [];
    for (let run = 0; run < 4; run += 1) {
      await forget();
      const order = run === 0 ? files : files.toSorted(() => random() - 0.5);
      for (const file of order) {
        await world.receive('north', [rawOf(file)]);
        // Some wait and are processed together.
        if (random() < 0.7) await work();
      }
      await work();
      states.push([await versions(), await imports()]);
      for (const { day } of files)
        expect([story, run, day, await answered(day)]).toEqual([story, run, day, expected(files, day)]);
    }
    for (const [run, state] of states.entries()) expect([story, run, state]).toEqual([story, run, states[0]]);
  }
}, 120_000);
