/**
 * The embedded PostgreSQL 18: made, started, watched and stopped by the hub when no DATABASE_URL is set. The programs are
 * driven directly: the wrapper class of the package has exit hooks of its own and neither watches nor hardens the server.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from './client.ts';
import { type Premises, premises } from './embedded-account.ts';
import { serverEnvironment, Supervised } from './embedded-server.ts';
import { lockHolder, takeLock } from './hub-lock.ts';
import { readPostmasterFile, stopOrphan } from './postmaster.ts';

/** Settings of the embedded database. */
export interface EmbeddedOptions {
  /** The hub's folder (`.hub`); the cluster is in its `postgres`. */
  directory: string;
  /** TCP port on 127.0.0.1; 0 = any free one. */
  port: number;
  /** Gets the server's own messages; they are cut so that no statement or value is among them. */
  log?: (message: string) => void;
  /** Settings over the defaults (tests turn fsync off). */
  settings?: Record<string, string>;
  /** Where programs and data go when root's project is closed to others. */
  openPlace?: string;
}

/** The running embedded database. */
export interface EmbeddedDatabase {
  /** URL of the cluster's owner (superuser), database `hub`. For migrations only. */
  ownerUrl: string;
  port: number;
  /** Process id of the postmaster; changes after a restart. */
  readonly pid: number;
  /** Called after the server died and was started again. */
  onRestart: (listener: () => void) => void;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

export const DEFAULT_PORT = 54329;
const OWNER = 'hub_admin';
const DATABASE = 'hub';
const KEY_FILE = 'database-owner.key';
/**
 * Starts the embedded database of a hub directory, making it first if needed. A server left running by a killed hub is
 * stopped cleanly and started anew under supervision. Throws sentences: directory in use, port in use, closed folders.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const place = premises(options.directory, options.openPlace);
  const lock = takeLock(options.directory);
  try {
    await stopOrphan(place.data);
    const port = options.port === 0 ? await freePort() : options.port;
    await refuseTakenPort(port);
    const password = ownerPassword(options.directory);
    if (!existsSync(join(place.data, 'PG_VERSION'))) initialise(place, password);
    refuseOtherVersion(place);
    const server = new Supervised(place, port, options);
    await server.start();
    await ensureDatabase(ownerUrl(port, password, 'postgres'));
    return {
      ownerUrl: ownerUrl(port, password, DATABASE),
      port,
      get pid() {
        return server.pid;
      },
      onRestart: (listener) => server.onRestart(listener),
      stop: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Owner URL of the embedded database that a living hub runs in this directory; undefined when none runs. */
export function attachEmbedded(directory: string): string | undefined {
  if (lockHolder(directory) === undefined) return undefined;
  const file = readPostmasterFile(join(directory, 'postgres'));
  const key = join(directory, KEY_FILE);
  if (file?.status !== 'ready' || !existsSync(key)) return undefined;
  return ownerUrl(file.port, readFileSync(key, 'utf8').trim(), DATABASE);
}

const ownerUrl = (port: number, password: string, database: string): string =>
  `postgresql://${OWNER}:${password}@127.0.0.1:${port}/${database}`;

function ownerPassword(directory: string): string {
  const path = join(directory, KEY_FILE);
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8').trim();
}

/** initdb into a folder beside, then one rename: a first start that is killed leaves nothing half-made behind. */
function initialise(place: Premises, password: string): void {
  const unfinished = `${place.data}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const folder = mkdtempSync(join(tmpdir(), 'hub-initdb-'));
  const file = join(folder, 'password');
  try {
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    if (place.account)
      for (const path of [unfinished, folder, file]) chownSync(path, place.account.uid, place.account.gid);
    const made = spawnSync(
      place.binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${OWNER}`,
        `--pwfile=${file}`,
        '--auth=scram-sha-256',
        '--data-checksums',
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...place.account, cwd: unfinished, env: serverEnvironment(place), encoding: 'utf8' },
    );
    if (made.status !== 0)
      throw new Error(`The embedded database could not be made in ${place.data}: ${made.stderr || String(made.error)}`);
    renameSync(unfinished, place.data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuseOtherVersion(place: Premises): void {
  const made = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim();
  const program = spawnSync(place.binaries.postgres, ['--version'], {
    ...place.account,
    cwd: place.data,
    env: serverEnvironment(place),
    encoding: 'utf8',
  });
  const brought = /PostgreSQL\) (\d+)/.exec(program.stdout)?.[1];
  if (brought !== undefined && brought !== made) {
    throw new Error(
      `${place.data} was made by PostgreSQL ${made}, this hub brings ${brought}. ` +
        'Start the hub version that made it, or set DATABASE_URL to a server that holds the data.',
    );
  }
}

async function ensureDatabase(maintenanceUrl: string): Promise<void> {
  const db = connect(maintenanceUrl, { role: 'owner', schema: 'public', max: 1, applicationName: 'hub start' });
  try {
    const found = await db.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.length === 0) await db.query(`create database ${DATABASE}`);
  } finally {
    await db.end();
  }
}

/** A port that nobody uses at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? 'unknown reason'})`;
      reject(
        new Error(
          `Port ${port} on 127.0.0.1 ${reason}: the embedded database needs it. ` +
            'Set another with HUB_DATABASE_PORT (or database.port in hub.yaml).',
        ),
      );
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve()));
  });
}
