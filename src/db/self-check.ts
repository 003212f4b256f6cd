/**
 * The start-up self-check: the hub refuses to serve while the database could show one tenant's rows to another. Every
 * finding is a sentence that says what is wrong and what to do.
 */
import { REGISTRY } from '../../drizzle/registry.ts';
import { expectedGrants, hasOnlyTenantPolicy, POLICY, type Registry, ruleOf } from './access.ts';
import { readTables, type TableState } from './catalog.ts';
import type { Database } from './client.ts';
import { loadMigrations, MIGRATIONS_FOLDER, pendingMigrations } from './migrate.ts';
import { run, statement } from './statement.ts';

const ROLES = statement(import.meta.url, 'catalog-roles.sql');
const OBJECTS = statement(import.meta.url, 'catalog-objects.sql');
const AGAIN = 'Run "hub migrate" to put it right.';

/** What is checked. */
export interface SelfCheckOptions {
  schema?: string;
  registry?: Registry;
  folder?: string;
}

/** Powers of the session's login. */
interface LoginState {
  login: string;
  superuser: boolean;
  bypassesSecurity: boolean;
  makesRoles: boolean;
  replicates: boolean;
  memberships: string[];
  owns: string[];
  createsIn: string[];
}

/** Checks the schema once and the login of every pool. Empty = the hub may serve. */
export async function selfCheck(pools: readonly Database[], options: SelfCheckOptions = {}): Promise<string[]> {
  const schema = options.schema ?? 'hub';
  const [first] = pools;
  if (first === undefined) return ['No database pool was given to check.'];
  const logins = await Promise.all(pools.map((pool) => run<LoginState>(pool, ROLES, [schema])));
  const tables = await readTables(first, schema);
  const objects = await run<{ kind: string; name: string; safe: boolean }>(first, OBJECTS, [schema]);
  return [
    ...new Set(logins.flatMap(([login]) => (login === undefined ? [] : loginFindings(login)))),
    ...tableFindings(tables, options.registry ?? REGISTRY),
    ...objects.flatMap((object) => (object.safe ? [] : [objectFinding(object.kind, object.name)])),
    ...(await migrationFindings(first, tables, options.folder ?? MIGRATIONS_FOLDER)),
  ];
}

function loginFindings(login: LoginState): string[] {
  const cure = 'Let the hub log in as hub_ingest, hub_read and hub_monitor (DATABASE_URL, DATABASE_OWNER_URL).';
  const name = `The login "${login.login}"`;
  const findings: string[] = [];
  if (login.superuser) findings.push(`${name} is a superuser, for whom row-level security is off. ${cure}`);
  if (login.bypassesSecurity)
    findings.push(`${name} may bypass row-level security. Run: alter role ${login.login} nobypassrls`);
  if (login.makesRoles) findings.push(`${name} may make roles. Run: alter role ${login.login} nocreaterole`);
  if (login.replicates) findings.push(`${name} may replicate. Run: alter role ${login.login} noreplication`);
  for (const role of login.memberships) {
    findings.push(`${name} is a member of "${role}". Run: revoke ${role} from ${login.login}`);
  }
  if (login.owns.length > 0)
    findings.push(`${name} owns ${login.owns.join(', ')}. Give the objects to hub_owner. ${cure}`);
  for (const schema of login.createsIn) {
    findings.push(
      `${name} may create objects in schema "${schema}". Run: revoke create on schema ${schema} from ${login.login}, public`,
    );
  }
  return findings;
}

function tableFindings(tables: readonly TableState[], registry: Registry): string[] {
  const findings = tables.flatMap((table) => {
    const rule = ruleOf(table, registry);
    if (rule === undefined) {
      return [`Table "${table.name}" is not in drizzle/registry.ts. Declare it there, or drop it.`];
    }
    return [...securityFindings(table, rule.kind === 'tenant'), ...grantFindings(table, expectedGrants(table, rule))];
  });
  const absent = Object.keys(registry).filter((name) => !tables.some((table) => table.name === name));
  if (absent.length > 0) findings.push(`Tables are missing: ${absent.join(', ')}. ${AGAIN}`);
  return findings;
}

function securityFindings(table: TableState, isTenant: boolean): string[] {
  const name = `Table "${table.name}"`;
  if (isTenant && !table.hasTenant) return [`${name} is declared as tenant data but has no tenant_id.`];
  if (!isTenant && table.hasTenant)
    return [`${name} has a tenant_id but is not declared as tenant data in drizzle/registry.ts.`];
  if (!isTenant) return [];
  const findings: string[] = [];
  if (!table.rls) findings.push(`${name} has row-level security switched off. ${AGAIN}`);
  if (!table.forced) findings.push(`${name} does not force row-level security on its owner. ${AGAIN}`);
  if (!hasOnlyTenantPolicy(table.policies)) {
    findings.push(`${name} must have exactly the policy "${POLICY}", comparing tenant_id with hub.tenant. ${AGAIN}`);
  }
  if (table.owner !== 'hub_owner')
    findings.push(`${name} belongs to "${table.owner}". Run: alter table ${table.name} owner to hub_owner`);
  return findings;
}

function grantFindings(table: TableState, expected: readonly string[]): string[] {
  const surplus = table.grants.filter((line) => !expected.includes(line) && /^(public|hub_)/.test(line));
  const missing = expected.filter((line) => !table.grants.includes(line));
  return [
    ...surplus.map((line) => `Table "${table.name}" grants too much (${line}). ${AGAIN}`),
    ...missing.map((line) => `Table "${table.name}" lacks a grant (${line}). ${AGAIN}`),
  ];
}

function objectFinding(kind: string, name: string): string {
  switch (kind) {
    case 'view':
      return `View "${name}" shows rows with its owner's rights. Run: alter view ${name} set (security_invoker = true)`;
    case 'materialized view':
      return `Materialized view "${name}" holds rows of all tenants. Drop it.`;
    case 'definer function':
      return `Function ${name} runs with its owner's rights (SECURITY DEFINER). Make it SECURITY INVOKER or drop it.`;
    default:
      return `There is a ${kind} "${name}" on a table; the schema allows none (it would break distributed tables). Drop it.`;
  }
}

/** A hub that may not migrate must at least not serve on an older or newer schema. */
async function migrationFindings(pool: Database, tables: readonly TableState[], folder: string): Promise<string[]> {
  if (!tables.some((table) => table.name === 'schema_migration')) {
    return [`The database has no hub schema yet. Run "hub migrate" with DATABASE_OWNER_URL.`];
  }
  const marks = await pool.query<{ name: string; sha256: string }>('select name, sha256 from schema_migration');
  try {
    const pending = pendingMigrations(loadMigrations(folder), marks).map((file) => file.name);
    return pending.length === 0
      ? []
      : [`The database is older than this program (missing: ${pending.join(', ')}). ${AGAIN}`];
  } catch (error) {
    return [error instanceof Error ? error.message : 'The migrations could not be compared.'];
  }
}
