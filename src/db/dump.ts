/**
 * The whole schema as one readable text, printed from the catalogue of a migrated database: what is really there, not what
 * the table files wish. Equal on PostgreSQL 16, 17 and 18. No pg_dump is shipped with the embedded server.
 */
import { ruleOf } from './access.ts';
import { readTables, type TableState } from './catalog.ts';
import type { Queryable } from './client.ts';
import { run, statement } from './statement.ts';

const TABLES = statement(import.meta.url, 'dump-tables.sql');

interface Column {
  name: string;
  type: string;
  required: boolean;
  default: string | null;
  generated: boolean;
  identity: string;
}

interface TableShape {
  name: string;
  partitionKey: string | null;
  comment: string | null;
  columns: Column[];
  constraints: { name: string; definition: string }[];
  indexes: string[];
}

const HEAD = `-- The database schema as it stands after all migrations. Printed by "npm run db:dump"; do not edit by hand.
-- Every tenant table enables and forces row level security with the one policy
--   tenant_isolation using and with check (tenant_id = nullif(current_setting('hub.tenant', true), '')::uuid).
`;

/** Prints the schema; its search_path must put the schema first. */
export async function dumpSchema(on: Queryable, schema: string): Promise<string> {
  const shapes = await run<TableShape>(on, TABLES, [schema]);
  const states = new Map((await readTables(on, schema)).map((table) => [table.name, table]));
  return [HEAD, ...shapes.map((shape) => tableText(shape, states.get(shape.name), schema))].join('\n');
}

function tableText(shape: TableShape, state: TableState | undefined, schema: string): string {
  const rule = state && ruleOf(state);
  const lines = [
    `-- ${shape.name}: ${rule === undefined ? 'not in the registry' : `${rule.kind}, ${rule.access}`}${state?.rls === true ? securityText(state) : ''}`,
    `create table ${shape.name} (`,
    [
      ...shape.columns.map(columnText),
      ...shape.constraints.map((constraint) => `  constraint ${constraint.name} ${constraint.definition}`),
    ].join(',\n'),
    `)${shape.partitionKey === null ? '' : ` partition by ${shape.partitionKey}`};`,
    ...shape.indexes.map((definition) => `${unqualified(definition, schema)};`),
    ...grantLines(state?.grants ?? [], shape.name),
  ];
  if (shape.partitionKey !== null) {
    lines.push('-- partitions: one per month, made three months ahead by the migration, and a default one');
  }
  return `${lines.join('\n')}\n`;
}

function securityText(state: TableState): string {
  const policies = state.policies.map((policy) => policy.name).join(', ');
  return `; row level security ${state.forced ? 'forced' : 'not forced'}, policy ${policies}`;
}

function columnText(column: Column): string {
  const value = column.default ?? '';
  const filling = column.generated
    ? ` generated always as (${value}) stored`
    : column.default === null
      ? ''
      : ` default ${value}`;
  const identity = column.identity === '' ? '' : ' generated as identity';
  return `  ${column.name} ${column.type}${column.required ? ' not null' : ''}${filling}${identity}`;
}

const unqualified = (definition: string, schema: string): string =>
  definition.replace(
    /^CREATE (UNIQUE )?INDEX (\S+) ON (ONLY )?(\S+?)\.(\S+)/,
    (whole, unique, name, _only, where, table) =>
      where === schema
        ? `create ${unique === undefined ? '' : 'unique '}index ${String(name)} on ${String(table)}`
        : whole,
  );

function grantLines(grants: readonly string[], table: string): string[] {
  const byRole = new Map<string, string[]>();
  for (const line of grants) {
    const [role = '', ...privilege] = line.split(' ');
    byRole.set(role, [...(byRole.get(role) ?? []), privilege.join(' ').toLowerCase()]);
  }
  return [...byRole].map(([role, privileges]) => `grant ${privileges.join(', ')} on ${table} to ${role};`);
}
