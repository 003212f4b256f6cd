/** After all tests: the PostgreSQL of the run is stopped and its folder removed. */
import { stopKept } from './running-cluster.ts';

export default async function tearDown(): Promise<void> {
  await stopKept();
}
