/** The samples of every registered format, through the stage: what formats yield fits the tables, twice as well as once. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { type TestFeed, type World, normalizeWorld } from './normalize-world.ts';

const ROOT = join(import.meta.dirname, '../../adapters/formats');
const SUFFIX = '.expected.json';
const COUNTED = [
  'ehr_event',
  'patient',
  'encounter',
  'prescription',
  'claim_transaction',
  'claim_response',
  'invoice',
  'order_document',
  'edi_acknowledgement',
  'edi_group',
  'drug_price',
];

interface Sample extends TestFeed {
  tenant: string;
  bytes: Uint8Array;
  units: number;
  held: boolean;
}

function samplesOf(format: string, kind: string): Sample[] {
  const folder = join(ROOT, format, 'samples');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file): Sample => {
      const expected: {
        context: { zone: string; options: Record<string, unknown> };
        held?: unknown;
        parsed: unknown[];
      } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const name = file.slice(0, -SUFFIX.length);
      return {
        ...expected.context,
        name: `${format}/${name}`,
        format,
        tenant: kind === 'reference' ? 'public' : 'north',
        bytes: readFileSync(join(folder, name)),
        units: expected.parsed.length,
        held: expected.held !== undefined,
      };
    });
}

const SAMPLES = [...FORMATS.values()].flatMap(({ name, kind }) => samplesOf(name, kind));

let world: World;
beforeAll(async () => {
  world = await normalizeWorld(FORMATS.values());
  for (const sample of SAMPLES) await world.declare(sample.tenant, sample);
});
afterAll(() => world.close());

const counts = () =>
  world.rows(COUNTED.map((table) => `select '${table}' as name, count(*) from ${table}`).join(' union all '));

test('every sample is read to its end, and read again it adds nothing', async () => {
  for (const { tenant, name, bytes } of SAMPLES) await world.receive(tenant, [{ payload: bytes, feed: name, name }]);
  for (const tenant of ['north', 'public']) await world.drain(tenant);
  const states = await world.rows<{ feed: string; state: string; records: number; sum: number }>(
    'select feed, state, records, accepted + rejected + duplicate + ignored as sum from raw_state',
  );
  const found = new Map(states.map((row) => [row.feed, row]));
  for (const { name, held, units } of SAMPLES)
    expect(found.get(name)).toMatchObject(held ? { state: 'HELD' } : { records: units, sum: units });
  expect(states.filter(({ state }) => !['DONE', 'REJECTED', 'HELD'].includes(state))).toEqual([]);

  const expected = await counts();
  expect(expected.filter((row) => Number(row['count']) === 0)).toEqual([]);
  await world.rows('truncate change');
  await world.rows(`update raw_state set state = 'PENDING'`);
  for (const tenant of ['north', 'public']) await world.drain(tenant);
  expect(await counts()).toEqual(expected);
  expect(await world.changes('north')).toEqual([]);
});
