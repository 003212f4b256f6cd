/**
 * The hub is killed with SIGKILL again and again while the demonstration loads over MLLP, SFTP and folders, and started again:
 * nothing is lost, nothing doubled, and the rebuilt state is identical. Then a hand changes a derived row, and it is noticed.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/db/client.ts';
import { attachEmbedded } from '../../src/db/embedded.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DemoPlace, type RunningDemo } from '../support/demo-process.ts';

const SCALE = 0.03;
const KILLS = 4;
let place: DemoPlace;
let running: RunningDemo | null = null;

beforeAll(async () => {
  place = await DemoPlace.make(SCALE);
});
afterAll(async () => {
  await running?.stop();
  place.remove();
});

test('killed during the load and started again, the hub loses and doubles nothing', async () => {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const demo = place.start();
    await demo.printed(kill === 0 ? 'messages:' : 'are up', 60_000);
    await sleep(150 + kill * 250);
    await demo.kill();
  }
  running = place.start();
  await running.printed('Ready after', 150_000);
  const verified = place.hub('verify', '--rebuild', '--json');
  const result = JSON.parse(verified.stdout) as {
    ok: boolean;
    laws: { law: string; breaches: string[] }[];
    rebuild: { identical: boolean };
  };
  expect(result.laws.flatMap((law) => law.breaches)).toEqual([]);
  expect(result.rebuild.identical).toBe(true);
  expect(verified.status).toBe(0);
}, 300_000);

test('what the partners sent is there exactly once', async () => {
  const remembered = JSON.parse(readFileSync(join(place.directory, 'demo', 'world.json'), 'utf8')) as {
    seed: string;
    today: string;
    scale: number;
  };
  const world = buildWorld(remembered);
  const owner = connect(attachEmbedded(place.directory)!, { role: 'owner', max: 1 });
  try {
    for (const { name, messages, expected } of world.tenants) {
      const sent = new Set(
        messages
          .filter((message) => message.controlId !== '' && !message.malformed)
          .map((message) => message.controlId),
      );
      const stored = await owner.query<{ control_id: string; count: number }>(
        `select r.control_id, count(*)::int as count from raw_receipt r join tenant t on t.id = r.tenant_id where t.name = $1 and r.feed = $2 group by 1`,
        [name, `${name}-adt`],
      );
      const counts = new Map(stored.map((row) => [row.control_id, row.count]));
      expect([...sent].filter((id) => counts.get(id) !== 1)).toEqual([]);
      expect(expected.visits).toBeGreaterThan(0);
    }
  } finally {
    await owner.end();
  }
});

test('the first query of the README, as it stands, answers complete chains', async () => {
  const answer = await place.query(readFileSync('examples/queries/first.graphql', 'utf8'));
  expect(answer.errors).toBeUndefined();
  const data = answer.data as { dispenses: { nodes: Chain[] } };
  expect(data.dispenses.nodes.length).toBeGreaterThan(0);
  for (const chain of data.dispenses.nodes) {
    expect(chain.encounter?.source.feed).toBe('mercy-adt');
    expect(chain.prescription?.number).toBeTruthy();
    expect(chain.determination?.rules).toHaveLength(11);
    expect(chain.accumulatorEntries.nodes.map((entry) => entry.posting)).toContain('ACCRUE');
    expect(chain.allocations.nodes[0]?.invoiceLine.invoice.number).toBeTruthy();
  }
});

test('a row changed by hand in a derived table makes verify --rebuild fail', async () => {
  const owner = connect(attachEmbedded(place.directory)!, { role: 'owner', max: 1 });
  try {
    await owner.query(
      `update dispense set days_supply = coalesce(days_supply, 0) + 1 where id = (select min(id::text)::uuid from dispense)`,
    );
  } finally {
    await owner.end();
  }
  expect(place.hub('verify', '--rebuild').status).toBe(2);
}, 120_000);

test('Ctrl-C stops it cleanly', async () => {
  expect(await running?.stop()).toBe(0);
  running = null;
});

interface Chain {
  encounter: { source: { feed: string } } | null;
  prescription: { number: string } | null;
  determination: { rules: unknown[] } | null;
  accumulatorEntries: { nodes: { posting: string }[] };
  allocations: { nodes: { invoiceLine: { invoice: { number: string } } }[] };
}
