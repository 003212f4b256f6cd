/**
 * Row-level security and grants, made from the registry: what each table should have, compared with what the catalogue says
 * it has. Only differences become statements, so that a running hub is not locked out by a second one that starts.
 */
import { REGISTRY, type TableRule } from '../../drizzle/registry.ts';
import type { PolicyState, TableState } from './catalog.ts';

/** The registry's shape, for tests that bring their own. */
export type Registry = Readonly<Record<string, TableRule>>;

export const POLICY = 'tenant_isolation';
const POLICY_EXPRESSION = `tenant_id = nullif(current_setting('hub.tenant', true), '')::uuid`;
/** The same expression as PostgreSQL prints it. */
const PRINTED_EXPRESSION = `(tenant_id = (NULLIF(current_setting('hub.tenant'::text, true), ''::text))::uuid)`;
/** The runner alone writes it; everybody may ask which schema this is. */
const MIGRATIONS_TABLE = 'schema_migration';

/** The rule of a table or of the table it is a partition of; undefined = not registered. */
export function ruleOf(
  table: Pick<TableState, 'name' | 'partOf'>,
  registry: Registry = REGISTRY,
): TableRule | undefined {
  return registry[table.partOf ?? table.name];
}

/** Grants a table should carry, in the catalogue's spelling (`hub_read SELECT`), sorted. Partitions carry none. */
export function expectedGrants(table: Pick<TableState, 'name' | 'partOf'>, rule: TableRule): string[] {
  if (table.partOf !== null) return [];
  const ingest =
    table.name === MIGRATIONS_TABLE
      ? ['SELECT']
      : rule.access === 'append'
        ? ['SELECT', 'INSERT']
        : ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
  return [
    ...ingest.map((privilege) => `hub_ingest ${privilege}`),
    ...readGrants(rule.readable),
    ...(rule.monitor ? ['hub_monitor SELECT'] : []),
  ].sort();
}

const readGrants = (readable: TableRule['readable']): string[] =>
  typeof readable === 'boolean'
    ? readable
      ? ['hub_read SELECT']
      : []
    : readable.map((column) => `hub_read SELECT(${column})`);

/** True when the table's only policy is ours, for all commands and everybody, with exactly our expression. */
export function hasOnlyTenantPolicy(policies: readonly PolicyState[]): boolean {
  const [policy] = policies;
  return policies.length === 1 && policy !== undefined && isTenantPolicy(policy);
}

const isTenantPolicy = (policy: PolicyState): boolean =>
  policy.name === POLICY &&
  policy.permissive &&
  policy.command === '*' &&
  policy.everybody &&
  policy.using === PRINTED_EXPRESSION &&
  policy.check === PRINTED_EXPRESSION;

/** Statements that make security and grants of all registered tables as the registry says; empty = all is right. */
export function accessStatements(tables: readonly TableState[], registry: Registry = REGISTRY): string[] {
  return tables.flatMap((table) => {
    const rule = ruleOf(table, registry);
    if (rule === undefined) return [];
    return [...(rule.kind === 'tenant' ? securityStatements(table) : []), ...grantStatements(table, rule)];
  });
}

function securityStatements(table: TableState): string[] {
  const name = `"${table.name}"`;
  const statements: string[] = [];
  if (!table.rls) statements.push(`alter table ${name} enable row level security`);
  if (!table.forced) statements.push(`alter table ${name} force row level security`);
  if (hasOnlyTenantPolicy(table.policies)) return statements;
  for (const policy of table.policies) statements.push(`drop policy "${policy.name}" on ${name}`);
  statements.push(
    `create policy ${POLICY} on ${name} for all to public using (${POLICY_EXPRESSION}) with check (${POLICY_EXPRESSION})`,
  );
  return statements;
}

const GRANT_LINE = /^(\S+) ([A-Z]+)(?:\((.+)\))?$/;

function grantStatements(table: TableState, rule: TableRule): string[] {
  const expected = expectedGrants(table, rule);
  const surplus = table.grants.filter((line) => !expected.includes(line) && isOurs(line));
  const missing = expected.filter((line) => !table.grants.includes(line));
  const phrase = (line: string, verb: 'grant' | 'revoke'): string => {
    const [, role = '', privilege = '', column] = GRANT_LINE.exec(line) ?? [];
    const what = column === undefined ? privilege : `${privilege} ("${column}")`;
    const who = role === 'public' ? 'public' : `"${role}"`;
    return `${verb} ${what} on "${table.name}" ${verb === 'grant' ? 'to' : 'from'} ${who}`;
  };
  return [...surplus.map((line) => phrase(line, 'revoke')), ...missing.map((line) => phrase(line, 'grant'))];
}

/** Grants to roles of ours and to everybody are kept in order; those an operator gave to others (backup) are left alone. */
const isOurs = (line: string): boolean => /^(public|hub_ingest|hub_read|hub_monitor) /.test(line);
