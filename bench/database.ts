/**
 * The database of a bench: an embedded cluster of its own in a temporary folder, with durability as in production. Figures
 * without durable commits would be worth nothing, so a server that does not sync, or a folder in memory, is refused.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Database } from '../src/db/client.ts';
import { startEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import type { RuntimeRole } from '../src/db/roles.ts';

/** A running bench database. */
export interface BenchDatabase {
  /** Process id of the postmaster. */
  pid: number;
  ingestUrl: string;
  readUrl: string;
  /** Superuser: sets the scene and reads sizes; what is measured uses the runtime roles. */
  owner: Database;
  stop(): Promise<void>;
}

/** The databases that run or are being started. */
const running = new Set<Promise<BenchDatabase>>();
const TMPFS = 0x01021994;

const secret = (): string => randomBytes(18).toString('base64url');

/** Starts, migrates and checks it. @throws when commits would not be durable. */
export function startDatabase(): Promise<BenchDatabase> {
  const started = start();
  running.add(started);
  started.catch(() => running.delete(started));
  return started;
}

async function start(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-'));
  if (statfsSync(folder).type === TMPFS) {
    rmSync(folder, { recursive: true });
    throw new Error(`${tmpdir()} is in memory: set TMPDIR to a folder on a disk, or commits cost nothing`);
  }
  // For root the server runs as another user, who must get through.
  chmodSync(folder, 0o711);
  const server = await startEmbedded({ directory: join(folder, 'hub'), port: 0, openPlace: join(folder, 'open') });
  const owner = connect(server.ownerUrl, { role: 'owner', max: 2 });
  const stop = async (): Promise<void> => {
    await owner.end();
    // Stopping twice does no harm: a signal may come while the bench is stopping.
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const passwords = { hub_ingest: secret(), hub_read: secret(), hub_monitor: secret() };
    await migrate({ ownerUrl: server.ownerUrl, passwords, now: new Date() });
    await refuseLostCommits(owner);
    const urlOf = (role: RuntimeRole): string => {
      const url = new URL(server.ownerUrl);
      url.username = role;
      url.password = passwords[role];
      return url.href;
    };
    return { pid: server.pid, ingestUrl: urlOf('hub_ingest'), readUrl: urlOf('hub_read'), owner, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops all of them, for a run that is ended by a signal: nothing stays behind. */
export async function stopDatabases(): Promise<void> {
  await Promise.allSettled([...running].map(async (started) => (await started).stop()));
}

async function refuseLostCommits(owner: Database): Promise<void> {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const [row] = await owner.query<{ value: string }>('select current_setting($1) as value', [name]);
    if (row?.value !== 'on') throw new Error(`${name} is ${row?.value ?? 'unknown'}: a bench measures durable commits`);
  }
}

/** Empties tables and writes everything dirty to disk, so that a round does not pay for the one before it. */
export async function emptyTables(owner: Database, tables: readonly string[]): Promise<void> {
  await owner.query(`truncate ${tables.join(', ')} cascade`);
  await owner.query('checkpoint');
}
