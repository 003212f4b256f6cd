/** The database as the hub would use it: opened without migrating, looked at through the logins that serve. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type Database, DatabaseError } from '../../db/client.ts';
import { lockHolder } from '../../db/hub-lock.ts';
import { loadMigrations, MIGRATIONS_FOLDER } from '../../db/migrate.ts';
import { databaseEnvironment, openDatabase, type OpenedDatabase } from '../../db/open.ts';
import { selfCheck } from '../../db/self-check.ts';
import { type Finding, ok, problem, sentenceOf, warning } from './finding.ts';

const SKEW_WARNING_MS = 2_000;
const SKEW_PROBLEM_MS = 60_000;
const ACQUIRE_MS = 5_000;
/** Sentences of the self-check that are about migrations. */
const ABOUT_MIGRATIONS = /^(The database is older|The database has no hub schema|This database is newer|Migration ")/;

/** Where to look. */
export interface DatabasePlace {
  directory: string;
  environment: NodeJS.ProcessEnv;
  port: number | undefined;
  clock: () => Date;
}

/** What was found, and a pool for further checks; `ingest` is undefined when the database cannot be used. */
export interface Inspected {
  findings: Finding[];
  ingest: Database | undefined;
  close(): Promise<void>;
}

const nothing = (finding: Finding): Inspected => ({ findings: [finding], ingest: undefined, close: async () => {} });

function cureOf(error: unknown, embedded: boolean): string {
  const state = error instanceof DatabaseError ? error.sqlstate : '';
  if (state === '28P01' || state === '28000')
    return 'correct the password in DATABASE_URL, or run "hub migrate" with DATABASE_OWNER_URL';
  if (state === '3D000') return 'create the database that DATABASE_URL names';
  return embedded
    ? `look into the hub's log; "hub serve --log-level info" tells what the embedded database says`
    : 'start the server, and check host and port of DATABASE_URL';
}

/** Opens what is there; a database that was never made stays unmade. */
export async function inspectDatabase(place: DatabasePlace): Promise<Inspected> {
  const { directory, clock } = place;
  const environment = databaseEnvironment(place.environment);
  const embedded = environment.url === undefined && environment.ownerUrl === undefined;
  if (embedded && !existsSync(join(directory, 'postgres')))
    return nothing(
      warning(
        'database',
        `none has been made in ${directory} yet`,
        'run "hub demo" or "hub serve", which make it, or set DATABASE_URL',
      ),
    );
  let opened: OpenedDatabase;
  try {
    const port = environment.port ?? place.port;
    opened = await openDatabase({ directory, ...environment, port, mode: 'inspect', now: clock() });
  } catch (error) {
    return nothing(problem('database', sentenceOf(error), cureOf(error, embedded)));
  }
  const { schema } = opened;
  const pool = (url: string, role: 'ingest' | 'read' | 'monitor'): Database =>
    connect(url, { role, schema, max: 1, acquireMs: ACQUIRE_MS, applicationName: 'hub doctor' });
  const pools = [pool(opened.ingestUrl, 'ingest'), pool(opened.readUrl, 'read'), pool(opened.monitorUrl, 'monitor')];
  const close = async (): Promise<void> => {
    await Promise.all(pools.map((one) => one.end()));
    await opened.stop();
  };
  try {
    return { findings: await examine(pools, { schema, clock, embedded, directory }), ingest: pools[0], close };
  } catch (error) {
    await close();
    return nothing(problem('database', sentenceOf(error), cureOf(error, embedded)));
  }
}

async function examine(
  pools: readonly Database[],
  about: { schema: string; clock: () => Date; embedded: boolean; directory: string },
): Promise<Finding[]> {
  const [ingest] = pools;
  if (ingest === undefined) return [];
  const before = about.clock().getTime();
  const [row] = await ingest.query<{ version: string; size: string; now: string }>(
    `select current_setting('server_version') as version, pg_size_pretty(pg_database_size(current_database())) as size,
       (extract(epoch from clock_timestamp()) * 1000)::bigint::text as now`,
  );
  const skew = Math.round(Number(row?.now) - (before + about.clock().getTime()) / 2);
  const holder = about.embedded ? lockHolder(about.directory) : undefined;
  const where = !about.embedded
    ? 'external'
    : holder === process.pid
      ? 'embedded, started for this check'
      : `embedded, run by hub process ${holder ?? '?'}`;
  return [
    ok('database', `PostgreSQL ${(row?.version ?? '').split(' ')[0] ?? ''} (${where}), ${row?.size ?? ''}`),
    checkSkew(skew),
    ...(await checkSchema(pools, about.schema)),
  ];
}

function checkSkew(skew: number): Finding {
  const says = `${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead of'} this machine`;
  const cure = 'let both machines follow the same time server (NTP)';
  if (Math.abs(skew) >= SKEW_PROBLEM_MS) return problem('clock of the database', says, cure);
  return Math.abs(skew) >= SKEW_WARNING_MS
    ? warning('clock of the database', says, cure)
    : ok('clock of the database', says);
}

/** The start-up self-check, its sentences sorted into migrations and security; each brings its own cure. */
async function checkSchema(pools: readonly Database[], schema: string): Promise<Finding[]> {
  const sentences = await selfCheck(pools, { schema });
  const files = loadMigrations(MIGRATIONS_FOLDER).length;
  const migrations = sentences.filter((sentence) => ABOUT_MIGRATIONS.test(sentence));
  const security = sentences.filter((sentence) => !ABOUT_MIGRATIONS.test(sentence));
  return [
    ...(migrations.length === 0
      ? [ok('migrations', `current (${files})`)]
      : migrations.map((text) => split('migrations', text))),
    ...(security.length === 0
      ? [ok('roles', 'hub_ingest, hub_read and hub_monitor own nothing; row-level security and grants are as declared')]
      : security.map((text) => split('roles', text))),
  ];
}

/** The self-check writes what is wrong in the first sentence and the cure in the rest. */
function split(check: string, text: string): Finding {
  const [, says = text, cure = 'run "hub migrate"'] = /^(.*?[.)])\s+(.+)$/s.exec(text) ?? [];
  return problem(check, says, cure);
}
