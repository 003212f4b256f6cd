/**
 * The attacks of test/security as a program of its own, because HUB_SABOTAGE is read when the program loads: prints how many
 * of the probes leak with row-level security and without. Run by `npm run proof -- crash-sabotage`.
 */
import { CLUSTER_VARIABLE, startCluster } from '../support/cluster.ts';
import { layOut } from '../security/isolation-probes.ts';

/** What it prints. */
export interface SiegeResult {
  probes: number;
  /** Leaks while row-level security stands. */
  guarded: number;
  /** Leaks without it. */
  open: number;
}

const running = await startCluster();
process.env[CLUSTER_VARIABLE] = JSON.stringify(running.cluster);
const siege = await layOut();
try {
  const guarded = await siege.run();
  await siege.dropRowSecurity();
  const open = await siege.run();
  const result: SiegeResult = { probes: open.probes, guarded: guarded.leaks.length, open: open.leaks.length };
  console.log(JSON.stringify(result));
} finally {
  await siege.database.close();
  await running.stop();
}
