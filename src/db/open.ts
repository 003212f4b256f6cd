/**
 * Which database the hub uses: the embedded one, a server whose owner login is given (the hub makes its roles itself), or
 * a server whose logins the operator gives one by one. Whatever it is, the hub serves with roles that own nothing.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Database } from './client.ts';
import { attachEmbedded, DEFAULT_PORT, type EmbeddedDatabase, startEmbedded } from './embedded.ts';
import { migrate, type MigrateResult, refuseOldServer } from './migrate.ts';
import { type RolePasswords, RUNTIME_ROLES, type RuntimeRole } from './roles.ts';

/** Where the database is and how this process uses it. */
export interface DatabaseConfig {
  /** The hub's folder (`.hub`): embedded cluster, keys, passwords of the roles. */
  directory: string;
  /** DATABASE_URL: an owner login, or the ingest login when its user owns nothing. Absent = embedded. */
  url?: string | undefined;
  /** DATABASE_OWNER_URL: migrations only. */
  ownerUrl?: string | undefined;
  /** DATABASE_READ_URL, DATABASE_MONITOR_URL: logins given by the operator. */
  readUrl?: string | undefined;
  monitorUrl?: string | undefined;
  /** Port of the embedded database (HUB_DATABASE_PORT, database.port). Default 54329. */
  port?: number | undefined;
  /** Default `hub`. */
  schema?: string | undefined;
  log?: ((message: string) => void) | undefined;
  /**
   * `serve` = this process runs the embedded database; `attach` = use the one a running hub has, and start it only when
   * none runs (commands beside a running hub); `inspect` = the same, but nothing is migrated (`hub doctor`).
   */
  mode?: 'serve' | 'attach' | 'inspect';
  /** The clock: which month partitions are made. */
  now: Date;
}

/** An opened, migrated database: one URL per role. */
export interface OpenedDatabase {
  /** undefined when the operator gave runtime logins only: such a hub never migrates. */
  ownerUrl: string | undefined;
  ingestUrl: string;
  readUrl: string;
  monitorUrl: string;
  schema: string;
  /** What migrating did; undefined when this process may not, or only inspects. */
  migrated: MigrateResult | undefined;
  /** The embedded server when this process runs it. */
  embedded: EmbeddedDatabase | undefined;
  /** Stops the embedded server, if this process started it. */
  stop(): Promise<void>;
}

const ROLES_FILE = 'database-roles.json';

/** The part of the configuration that the environment decides; each variable may also be given as `<NAME>_FILE`. */
export function databaseEnvironment(
  environment: NodeJS.ProcessEnv,
): Pick<DatabaseConfig, 'url' | 'ownerUrl' | 'readUrl' | 'monitorUrl' | 'port'> {
  const value = (name: string): string | undefined => {
    const direct = environment[name];
    if (direct !== undefined && direct !== '') return direct;
    // A container's secret: the variable names the file that holds it.
    const file = environment[`${name}_FILE`];
    return file === undefined || file === '' ? undefined : readFileSync(file, 'utf8').trim();
  };
  const port = value('HUB_DATABASE_PORT');
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new Error('HUB_DATABASE_PORT must be a port number');
  return {
    url: value('DATABASE_URL'),
    ownerUrl: value('DATABASE_OWNER_URL'),
    readUrl: value('DATABASE_READ_URL'),
    monitorUrl: value('DATABASE_MONITOR_URL'),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/** Opens and migrates. Throws sentences that name the setting to change. */
export async function openDatabase(config: DatabaseConfig): Promise<OpenedDatabase> {
  mkdirSync(config.directory, { recursive: true, mode: 0o711 });
  if (config.url === undefined && config.ownerUrl === undefined) return openEmbedded(config);
  const owner = config.ownerUrl ?? (await ownerOf(config.url));
  if (owner === undefined) return openGiven(config, config.url ?? '');
  const given = givenLogins(config, owner);
  return openOwned(config, owner, given, undefined);
}

async function openEmbedded(config: DatabaseConfig): Promise<OpenedDatabase> {
  const running = config.mode === 'attach' || config.mode === 'inspect' ? attachEmbedded(config.directory) : undefined;
  if (running !== undefined) return openOwned(config, running, {}, undefined);
  const embedded = await startEmbedded({
    directory: config.directory,
    port: config.port ?? DEFAULT_PORT,
    ...(config.log === undefined ? {} : { log: config.log }),
  });
  try {
    return await openOwned(config, embedded.ownerUrl, {}, embedded);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Logins of the operator by role; a URL whose user is the owner's own is not a runtime login. */
function givenLogins(config: DatabaseConfig, owner: string): Partial<Record<RuntimeRole, string>> {
  const ownerUser = new URL(owner).username;
  const urls = { hub_ingest: config.url, hub_read: config.readUrl, hub_monitor: config.monitorUrl };
  return Object.fromEntries(
    Object.entries(urls).filter(([, url]) => url !== undefined && new URL(url).username !== ownerUser),
  );
}

async function openOwned(
  config: DatabaseConfig,
  ownerUrl: string,
  given: Partial<Record<RuntimeRole, string>>,
  embedded: EmbeddedDatabase | undefined,
): Promise<OpenedDatabase> {
  const kept = keptPasswords(config.directory);
  const passwords: RolePasswords = {};
  const urls = {} as Record<RuntimeRole, string>;
  for (const role of RUNTIME_ROLES) {
    const url = given[role];
    urls[role] = url ?? loginUrl(ownerUrl, role, kept[role]);
    // A login of another name is the operator's own affair; ours gets the password that its URL carries.
    const inUrl = url === undefined ? undefined : new URL(url);
    if (inUrl === undefined) passwords[role] = kept[role];
    else if (inUrl.username === role && inUrl.password !== '') passwords[role] = decodeURIComponent(inUrl.password);
  }
  const schema = config.schema ?? 'hub';
  const migrated =
    config.mode === 'inspect' ? undefined : await migrate({ ownerUrl, schema, passwords, now: config.now });
  return {
    ownerUrl,
    ingestUrl: urls.hub_ingest,
    readUrl: urls.hub_read,
    monitorUrl: urls.hub_monitor,
    schema,
    migrated,
    embedded,
    stop: async () => {
      await embedded?.stop();
    },
  };
}

/** Runtime logins only: the schema must have been migrated by somebody else. */
async function openGiven(config: DatabaseConfig, url: string): Promise<OpenedDatabase> {
  const readUrl = config.readUrl ?? url;
  return {
    ownerUrl: undefined,
    ingestUrl: url,
    readUrl,
    monitorUrl: config.monitorUrl ?? readUrl,
    schema: config.schema ?? 'hub',
    migrated: undefined,
    embedded: undefined,
    stop: async () => {},
  };
}

/** The URL itself when its login may make roles, else undefined. Refuses a server older than 16. */
async function ownerOf(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const db = connect(url, { role: 'owner', schema: 'public', max: 1, applicationName: 'hub start' });
  try {
    await refuseOldServer(db);
    return (await mayMakeRoles(db)) ? url : undefined;
  } finally {
    await db.end();
  }
}

async function mayMakeRoles(db: Database): Promise<boolean> {
  const [row] = await db.query<{ able: boolean }>(
    'select rolsuper or rolcreaterole as able from pg_roles where rolname = current_user',
  );
  return row?.able === true;
}

/** Random passwords of the runtime roles, made once and kept in a file that only the hub's account may read. */
function keptPasswords(directory: string): Record<RuntimeRole, string> {
  const path = join(directory, ROLES_FILE);
  if (!existsSync(path)) {
    const made = Object.fromEntries(RUNTIME_ROLES.map((role) => [role, randomBytes(32).toString('base64url')]));
    writeFileSync(path, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Record<RuntimeRole, string>;
}

function loginUrl(ownerUrl: string, role: RuntimeRole, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}
