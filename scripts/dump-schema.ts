/**
 * Writes drizzle/schema.sql from a freshly migrated database; `--check` writes nothing and fails when the file is stale.
 * Uses HUB_TEST_DATABASE_URL (a superuser's URL) when set, else an embedded server in a temporary folder.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../src/db/client.ts';
import { dumpSchema } from '../src/db/dump.ts';
import { databaseUrl, startCluster } from '../test/support/cluster.ts';

const TARGET = join(process.cwd(), 'drizzle', 'schema.sql');

async function dump(): Promise<string> {
  const { cluster, stop } = await startCluster();
  const db = connect(databaseUrl(cluster.ownerUrl, cluster.template), { role: 'owner', max: 1 });
  try {
    return await dumpSchema(db, 'hub');
  } finally {
    await db.end();
    await stop();
  }
}

const text = await dump();
if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text);
  process.stderr.write('drizzle/schema.sql written\n');
} else if (readFileSync(TARGET, 'utf8') !== text) {
  process.stderr.write('drizzle/schema.sql is stale: run "npm run db:dump" and commit the result\n');
  process.exitCode = 1;
}
