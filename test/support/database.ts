/** A database of its own for a test file, cloned from the migrated template, with a pool for each role. */
import { randomBytes } from 'node:crypto';
import { connect, type Database, DatabaseError } from '../../src/db/client.ts';
import { type Cluster, CLUSTER_VARIABLE, databaseUrl } from './cluster.ts';
import { waitFor } from './wait-for.ts';

export { waitFor } from './wait-for.ts';

/** URLs and pools of one test database. */
export interface TestDatabase {
  name: string;
  /** Superuser: for sabotage and for looking behind row-level security. Tests of the product use the others. */
  ownerUrl: string;
  ingestUrl: string;
  readUrl: string;
  monitorUrl: string;
  owner: Database;
  ingest: Database;
  read: Database;
  monitor: Database;
  /** Closes the pools and drops the database. */
  close(): Promise<void>;
}

/** The run's cluster, as set up by jest. */
export function testCluster(): Cluster {
  const text = process.env[CLUSTER_VARIABLE];
  if (text === undefined) throw new Error('no test cluster: run through jest, whose globalSetup starts it');
  return JSON.parse(text) as Cluster;
}

/** An empty database, not migrated; the caller drops it. */
export async function emptyDatabase(): Promise<{ name: string; ownerUrl: string; drop: () => Promise<void> }> {
  return createDatabase(undefined);
}

/** Clones the template. Call in beforeAll, `close()` in afterAll. */
export async function testDatabase(): Promise<TestDatabase> {
  const { passwords, template } = testCluster();
  const { name, ownerUrl, drop } = await createDatabase(template);
  const urlOf = (role: keyof typeof passwords): string => {
    const url = new URL(ownerUrl);
    url.username = role;
    url.password = passwords[role];
    return url.href;
  };
  const urls = { ingestUrl: urlOf('hub_ingest'), readUrl: urlOf('hub_read'), monitorUrl: urlOf('hub_monitor') };
  const pools = {
    owner: connect(ownerUrl, { role: 'owner', max: 2 }),
    ingest: connect(urls.ingestUrl, { role: 'ingest', max: 4 }),
    read: connect(urls.readUrl, { role: 'read', max: 4 }),
    monitor: connect(urls.monitorUrl, { role: 'monitor', max: 2 }),
  };
  return {
    name,
    ownerUrl,
    ...urls,
    ...pools,
    close: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await drop();
    },
  };
}

async function createDatabase(
  template: string | undefined,
): Promise<{ name: string; ownerUrl: string; drop: () => Promise<void> }> {
  const cluster = testCluster();
  const name = `hub_test_${randomBytes(6).toString('hex')}`;
  const maintain = async (text: string): Promise<void> => {
    const db = connect(cluster.ownerUrl, { role: 'owner', schema: 'public', max: 1 });
    try {
      await db.query(text);
    } finally {
      await db.end();
    }
  };
  await waitFor('template database free', async () => {
    try {
      await maintain(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
      return true;
    } catch (error) {
      // Another test file clones the template in the same moment.
      if (error instanceof DatabaseError && error.sqlstate === '55006') return false;
      throw error;
    }
  });
  return {
    name,
    ownerUrl: databaseUrl(cluster.ownerUrl, name),
    drop: () => maintain(`drop database if exists ${name} with (force)`),
  };
}
