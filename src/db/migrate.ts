/**
 * Brings a database to the schema of this program: roles, schema, the files of drizzle/migrations in name order, then
 * row-level security, grants and partitions as the registry says. Safe to run from several processes at once, and to be
 * killed at any point: each file is one transaction together with its mark.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REGISTRY } from '../../drizzle/registry.ts';
import { accessStatements, type Registry } from './access.ts';
import { readTables } from './catalog.ts';
import { searchPath } from './client.ts';
import { Link } from './link.ts';
import { makePartition, partitionStatements } from './partitions.ts';
import { ensureRoles, OWNER_ROLE, type RolePasswords, RUNTIME_ROLES } from './roles.ts';

/** What to migrate. */
export interface MigrateOptions {
  /** A login that is superuser, or may create roles and owns the database. */
  ownerUrl: string;
  /** Default `hub`. */
  schema?: string;
  passwords?: RolePasswords;
  /** The clock: which month partitions are made. */
  now: Date;
  /** For tests: other files, another registry. */
  folder?: string;
  registry?: Registry;
}

/** What was done. */
export interface MigrateResult {
  /** Names of the files applied now. */
  applied: string[];
  /** Security, grant and partition statements that were needed. */
  adjusted: number;
}

/** One file of drizzle/migrations. */
export interface Migration {
  /** File name without `.sql`. */
  name: string;
  sha256: string;
  statements: string[];
}

/** Any fixed pair of numbers: the advisory lock that one migration holds per database. */
const LOCK = '340, 1';
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../drizzle/migrations', import.meta.url));
const OLDEST_SERVER = 160_000;

/** Migrates. Throws sentences for an old server, a newer database or a changed file; DatabaseError for the rest. */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const schema = options.schema ?? 'hub';
  // A connection of its own: when it is lost, the lock is lost, and nothing may go on without it.
  const link = await Link.open({
    url: options.ownerUrl,
    connectMs: 10_000,
    deadlineMs: 0,
    settings: { search_path: searchPath(schema), application_name: 'hub migrate', TimeZone: 'UTC' },
  });
  try {
    await refuseOldServer(link);
    await link.query(`select pg_advisory_lock(${LOCK})`, [], { name: 'migration lock' });
    await ensureRoles(link, options.passwords ?? {});
    await ensureSchema(link, schema);
    await link.query(`set role ${OWNER_ROLE}`);
    const applied = await applyPending(link, loadMigrations(options.folder ?? MIGRATIONS_FOLDER));
    const adjusted = await adjust(link, schema, options.registry ?? REGISTRY, options.now);
    return { applied, adjusted };
  } finally {
    // Ending the session gives the lock back.
    await link.close();
  }
}

/** Reads the files in name order. */
export function loadMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const content = readFileSync(join(folder, file), 'utf8');
      return {
        name: file.slice(0, -'.sql'.length),
        sha256: createHash('sha256').update(content).digest('hex'),
        // drizzle-kit names the default schema; search_path decides here, so that a second schema can be built beside.
        statements: content
          .replaceAll('"public".', '')
          .split('--> statement-breakpoint')
          .map((text) => text.trim())
          .filter((text) => text !== ''),
      };
    });
}

/** Which files a database still needs. Throws when it is newer than the program or a file was changed after it ran. */
export function pendingMigrations(
  files: readonly Migration[],
  marks: readonly { name: string; sha256: string }[],
): Migration[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  for (const mark of marks) {
    const file = byName.get(mark.name);
    if (file === undefined) {
      throw new Error(
        `This database is newer than this program: migration "${mark.name}" is unknown here. Start the newer hub, or restore a backup made before that migration.`,
      );
    }
    if (file.sha256 !== mark.sha256) {
      throw new Error(
        `Migration "${mark.name}" was changed after it was applied to this database. Put the file back as it was and add a new migration instead.`,
      );
    }
  }
  const done = new Set(marks.map((mark) => mark.name));
  const last = marks
    .map((mark) => mark.name)
    .sort()
    .at(-1);
  const pending = files.filter((file) => !done.has(file.name));
  const late = pending.find((file) => last !== undefined && file.name < last);
  if (late !== undefined) {
    throw new Error(
      `Migration "${late.name}" sorts before "${last}", which is already applied. Give it a later number.`,
    );
  }
  return pending;
}

/** Refuses a server older than 16, saying so. */
export async function refuseOldServer(link: Pick<Link, 'query'>): Promise<void> {
  const [row] = await link.query<{ number: number; version: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
  );
  if ((row?.number ?? 0) < OLDEST_SERVER) {
    throw new Error(
      `The database is PostgreSQL ${row?.version ?? 'of unknown version'}; the hub needs 16 or newer. Upgrade it, or unset DATABASE_URL to use the embedded one.`,
    );
  }
}

async function ensureSchema(link: Link, schema: string): Promise<void> {
  const found = await link.query<{ owner: string }>(
    'select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = $1',
    [schema],
  );
  if (found.length === 0) await link.query(`create schema "${schema}" authorization ${OWNER_ROLE}`);
  else if (found[0]?.owner !== OWNER_ROLE) {
    throw new Error(
      `Schema "${schema}" belongs to ${found[0]?.owner ?? 'somebody else'}, not to ${OWNER_ROLE}. Use an empty database, or give the schema to ${OWNER_ROLE}.`,
    );
  }
}

async function applyPending(link: Link, files: Migration[]): Promise<string[]> {
  await link.query(
    'create table if not exists schema_migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
  );
  const marks = await link.query<{ name: string; sha256: string }>('select name, sha256 from schema_migration');
  const pending = pendingMigrations(files, marks);
  for (const file of pending) {
    await inTransaction(link, async () => {
      for (const [index, text] of file.statements.entries()) {
        await link.query(text, [], { name: `migration ${file.name}, statement ${index + 1}`, prepare: false });
      }
      await link.query('insert into schema_migration (name, sha256) values ($1, $2)', [file.name, file.sha256]);
    });
  }
  return pending.map((file) => file.name);
}

/** Partitions first, because they need row-level security as well. */
async function adjust(link: Link, schema: string, registry: Registry, now: Date): Promise<number> {
  const names = new Set((await readTables(link, schema)).map((table) => table.name));
  let adjusted = 0;
  for (const text of partitionStatements(names, now)) if (await makePartition(link, text)) adjusted += 1;
  const tables = await readTables(link, schema);
  const absent = Object.keys(registry).filter((name) => !tables.some((table) => table.name === name));
  if (absent.length > 0) {
    throw new Error(
      `drizzle/registry.ts names tables that no migration makes: ${absent.join(', ')}. Run npm run db:generate.`,
    );
  }
  const usage = `grant usage on schema "${schema}" to ${RUNTIME_ROLES.join(', ')}`;
  const statements = accessStatements(tables, registry);
  await inTransaction(link, async () => {
    await link.query(usage);
    for (const text of statements) await link.query(text, [], { name: 'row-level security and grants' });
  });
  return adjusted + statements.length;
}

async function inTransaction(link: Link, work: () => Promise<void>): Promise<void> {
  await link.query('begin');
  try {
    await work();
    await link.query('commit');
  } catch (error) {
    if (!link.dead) await link.query('rollback');
    throw error;
  }
}
