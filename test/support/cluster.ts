/**
 * The PostgreSQL of a test run: an embedded cluster in a temporary folder, or the server of HUB_TEST_DATABASE_URL. A
 * template database is migrated once; every test file clones it.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/db/client.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { RUNTIME_ROLES, type RolePasswords } from '../../src/db/roles.ts';

/** Where the run's PostgreSQL is; handed to the test processes through the environment. */
export interface Cluster {
  /** A superuser's URL. */
  ownerUrl: string;
  passwords: Required<RolePasswords>;
  template: string;
}

export const CLUSTER_VARIABLE = 'HUB_TEST_CLUSTER';

/** URL of another database of the same server. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Starts (or joins) the server and makes the template. */
export async function startCluster(): Promise<{ cluster: Cluster; stop: () => Promise<void> }> {
  const outside = process.env['HUB_TEST_DATABASE_URL'];
  const server =
    outside === undefined || outside === '' ? await embedded() : { ownerUrl: outside, stop: async () => {} };
  // Roles belong to the server: two runs on one outside server must agree on the passwords.
  const password = (role: string): string =>
    createHash('sha256').update(`${server.ownerUrl} ${role}`).digest('base64url').slice(0, 24);
  const passwords = Object.fromEntries(RUNTIME_ROLES.map((role) => [role, password(role)])) as Required<RolePasswords>;
  const template = `hub_template_${process.pid}`;
  const db = connect(server.ownerUrl, { role: 'owner', schema: 'public', max: 1 });
  await db.query(`drop database if exists ${template} with (force)`);
  await db.query(`create database ${template}`);
  await migrate({ ownerUrl: databaseUrl(server.ownerUrl, template), passwords, now: new Date() });
  return {
    cluster: { ownerUrl: server.ownerUrl, passwords, template },
    stop: async () => {
      await db.query(`drop database if exists ${template} with (force)`);
      await db.end();
      await server.stop();
    },
  };
}

/** Nothing of a test run has to survive a power cut: syncing is off, which makes cloning databases cheap. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** A run ended by a signal still ends its server: Node runs the exit hooks only on a real exit. */
function exitOnSignals(): void {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)
    process.once(signal, () => process.exit(code));
}

async function embedded(): Promise<{ ownerUrl: string; stop: () => Promise<void> }> {
  exitOnSignals();
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-'));
  // For root the server runs as another user, who must get through.
  chmodSync(folder, 0o711);
  const server = await startEmbedded({
    directory: join(folder, 'hub'),
    port: 0,
    settings: FAST,
    openPlace: join(folder, 'open'),
  });
  return {
    ownerUrl: server.ownerUrl,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
