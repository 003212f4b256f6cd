/** What commands beside a running hub need: configuration, database, tenants; opened once, closed whatever happens. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { FORMATS } from '../../adapters/index.ts';
import { loadConfiguration, type Configuration } from '../config/load.ts';
import type { Database } from '../db/client.ts';
import type { OpenedDatabase } from '../db/open.ts';
import type { Tenant } from '../db/stage.ts';
import { tenantId } from '../db/tenant.ts';
import { openChecked } from '../hub.ts';
import { createLog, type Log } from '../log.ts';

/** Options that every command has. */
export interface GlobalOptions {
  directory: string;
  config?: string;
  logLevel: 'info' | 'warn' | 'error' | 'silent';
}

/** Options of the program, seen from a subcommand. */
export const globals = (command: Command): GlobalOptions => {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { ...options, directory: resolve(options.directory) };
};

/** Folder of the configuration: `--config`, else the working folder if it has a hub.yaml, else the demo's. */
export function configurationFolder(options: GlobalOptions): string {
  if (options.config !== undefined) return resolve(options.config);
  return existsSync('hub.yaml') ? resolve('.') : join(options.directory, 'demo');
}

/** Loads the configuration that `configurationFolder` names. */
export const loadFor = (options: GlobalOptions): Configuration =>
  loadConfiguration(configurationFolder(options), FORMATS);

/** An opened database with its tenants. */
export interface Session {
  opened: OpenedDatabase;
  ingest: Database;
  read: Database;
  tenants: Tenant[];
  log: Log;
}

/** All tenants, the public one first: its reference data is what the others are judged by. */
export async function readTenants(db: Database): Promise<Tenant[]> {
  const rows = await db.query<{ id: string; name: string; zone: string }>(
    `select id, name, zone from tenant order by name <> 'public', name`,
  );
  return rows.map((row) => ({ id: tenantId(row.id), name: row.name, zone: row.zone }));
}

/** Runs `work` with the database open (the running hub's, or one started for the moment). */
export async function withSession<T>(options: GlobalOptions, work: (session: Session) => Promise<T>): Promise<T> {
  const log = createLog(options.logLevel);
  const port = existsSync(join(configurationFolder(options), 'hub.yaml'))
    ? loadFor(options).hub.database.port
    : undefined;
  const opened = await openChecked({
    directory: options.directory,
    clock: () => new Date(),
    environment: process.env,
    log,
    mode: 'attach',
    port,
  });
  try {
    return await work({
      opened,
      ingest: opened.pools.ingest,
      read: opened.pools.read,
      tenants: await readTenants(opened.pools.read),
      log,
    });
  } finally {
    await opened.stop();
  }
}
