/** A small world processed in many orders: payloads released in random portions, random stages run in between, one digest. */
import { connect } from '../../src/db/client.ts';
import { buildWorld } from '../../src/simulate/world/build.ts';
import { CLUSTER_VARIABLE, startCluster } from '../support/cluster.ts';
import { testDatabase } from '../support/database.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { contextsOf, forgetDerived, processPermuted, settle, stateOf, storeFacts } from '../support/small-hub.ts';
import { configurationOf, deliveriesOf } from '../support/world.ts';
import type { ProofResult } from './run.ts';

const TODAY = '2026-03-31';
const NOW = new Date(`${TODAY}T18:00:00Z`);

/** Runs `count` orders, the first with seed `seed`. */
export async function permute(count: number, seed: number): Promise<ProofResult> {
  const running = await startCluster();
  process.env[CLUSTER_VARIABLE] = JSON.stringify(running.cluster);
  const database = await testDatabase();
  const owner = connect(database.ownerUrl, { role: 'owner', max: 1 });
  try {
    const world = buildWorld({ seed: 'permute', today: TODAY, scale: 0.005 });
    const tenants = await storeFacts(
      database.ingest,
      configurationOf(world),
      deliveriesOf(world),
      new Date(`${TODAY}T06:00:00Z`),
    );
    const contexts = contextsOf(database.ingest, tenants, NOW);
    await settle(contexts);
    const first = await stateOf(database.ingest, tenants);
    for (let run = 0; run < count; run += 1) {
      await forgetDerived(owner);
      await processPermuted(contexts, seededRandom(seed + run));
      const state = await stateOf(database.ingest, tenants);
      const different = state.parts
        .filter((part, index) => part.sha256 !== first.parts[index]?.sha256)
        .map((part) => `${part.tenant}/${part.part}`);
      if (different.length > 0 || state.breaches.length > 0)
        return {
          holds: false,
          says: `order ${seed + run} differs in ${different.join(', ') || 'nothing'}, ${state.breaches.length} laws broken; repeat with --count 1 --seed ${seed + run}`,
        };
      if (run % 20 === 19) console.error(`${run + 1} orders, one digest`);
    }
    return {
      holds: true,
      says: `${count} orders, digest ${first.digest.slice(0, 16)}, ${deliveriesOf(world).length} payloads`,
    };
  } finally {
    await owner.end();
    await database.close();
    await running.stop();
  }
}
