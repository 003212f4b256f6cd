/**
 * Metamorphic relations over a small seeded world: the same facts told again, cut into other files, in another order, with or
 * without other tenants beside them lead to the same determinations, balances, allocations and open cases.
 */
import { expect, test } from '@jest/globals';
import { withTenant } from '../../src/db/tenant.ts';
import { digestLines } from '../../src/audit/digest.ts';
import { buildWorld, type World } from '../../src/simulate/world/build.ts';
import { CLAIM_FEEDS } from '../../src/simulate/world/feeds.ts';
import { testDatabase } from '../support/database.ts';
import { duplicated, onlyOf, shuffled, splitClaims } from '../support/relations.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { contextsOf, settle, stateOf, storeFacts, type FeedDelivery } from '../support/small-hub.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';

const TODAY = '2026-03-31';
const NOW = new Date(`${TODAY}T18:00:00Z`);
const RECEIVED = new Date(`${TODAY}T06:00:00Z`);
const SEED = Number(process.env['HUB_TEST_SEED'] ?? '1');
const world = buildWorld({ seed: `relations ${SEED}`, today: TODAY, scale: 0.002 });
/** What the facts lead to; the other parts, and the case of a record that cannot be read, name the file and the place. */
const OUTCOME = /\/(determinations|balances|allocations|cases): (?!RECORD_INVALID\|)/;

/** A fresh database that was told `deliveries`: the outcome's lines by tenant, with the laws checked. */
async function told(deliveries: readonly FeedDelivery[], of: World = world): Promise<Map<string, string[]>> {
  const database = await testDatabase();
  try {
    const tenants = await storeFacts(database.ingest, configurationOf(of), deliveries, RECEIVED);
    await settle(contextsOf(database.ingest, tenants, NOW));
    expect((await stateOf(database.ingest, tenants)).breaches).toEqual([]);
    const outcome = new Map<string, string[]>();
    for (const tenant of tenants) {
      const lines = await withTenant(database.ingest, tenant.id, (tx) => digestLines(tx, tenant));
      outcome.set(tenant.name, lines.filter((line) => OUTCOME.test(line)).sort());
    }
    return outcome;
  } finally {
    await database.close();
  }
}

const deliveries = deliveriesOf(world);
const plain = told(deliveries);

test('the world has an outcome in every part, for both tenants', async () => {
  for (const name of ['mercy', 'lakeside']) {
    const lines = (await plain).get(name) ?? [];
    for (const part of ['determinations', 'balances', 'allocations', 'cases'])
      expect(lines.filter((line) => line.startsWith(`${name}/${part}: `)).length).toBeGreaterThan(3);
  }
});

test('received in another order', async () => {
  expect(await told(shuffled(deliveries, seededRandom(SEED)))).toEqual(await plain);
});

test('every delivery again, somewhere behind the first and under another name', async () => {
  const again = duplicated(deliveries, seededRandom(SEED));
  expect(again.length).toBeGreaterThanOrEqual(deliveries.length * 2);
  expect(await told(again)).toEqual(await plain);
});

test('each claim in another file than before', async () => {
  const split = deliveriesOf(splitClaims(world, seededRandom(SEED)));
  expect(split.length).toBeGreaterThan(deliveries.length);
  expect(await told(split)).toEqual(await plain);
});

test('each claim in two files: the whole one and a part', async () => {
  // A batch has no time of adjudication: there, an equal claim in another file is another claim (DOMAIN 12.13).
  const timed = ({ feed }: FeedDelivery): boolean => CLAIM_FEEDS[feed]?.format === 'claim-extract';
  const parts = deliveriesOf(splitClaims(world, seededRandom(SEED))).filter(timed);
  expect(parts.length).toBeGreaterThan(deliveries.filter(timed).length);
  expect(await told([...deliveries, ...parts])).toEqual(await plain);
});

test.each(['mercy', 'lakeside'])('%s without what the other tenant sends', async (name) => {
  const alone = onlyOf(world, [name], deliveries);
  expect(alone.length).toBeLessThan(deliveries.length);
  expect((await told(alone)).get(name)).toEqual((await plain).get(name));
});

test('one claim file less is another outcome: the relations can fail', async () => {
  const split = deliveriesOf(splitClaims(world, seededRandom(SEED)));
  const dropped = split.find(({ feed }) => feed.endsWith('rx-claims'));
  expect(await told(split.filter((one) => one !== dropped))).not.toEqual(await plain);
});
