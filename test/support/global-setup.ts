/** Before all tests: one PostgreSQL with a migrated template database. */
import { CLUSTER_VARIABLE, startCluster } from './cluster.ts';
import { keepForTeardown } from './running-cluster.ts';

export default async function setUp(): Promise<void> {
  const running = await startCluster();
  keepForTeardown(running.stop);
  process.env[CLUSTER_VARIABLE] = JSON.stringify(running.cluster);
}
