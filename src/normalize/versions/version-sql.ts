/**
 * The statements that keep a table of versions, written from its spec. They are built once, when the module loads, because
 * sixteen tables would need sixteen copies of the same four `.sql` files.
 */
import { tenantPredicate } from '../../db/tenant.ts';
import { VERSION_SPECS, type VersionColumn, type VersionSpec } from './version-spec.ts';

/** Statements of one table. Parameters: rows as JSON, after the tenant where the table has one. */
export interface VersionSql {
  /** Values announced by these rows that the table does not know; null when the table announces nothing. */
  unknown: string | null;
  /** Keys whose current content these rows will change: `now` and `before` hold the change and followed columns. */
  changed: string;
  /** Adds the rows, closed. */
  insert: string;
  /**
   * Versions of the touched keys that should end elsewhere: `until` (null = current) and their `ids`. The current ones come
   * last, because two versions of a key must not be open at once.
   */
  place: string;
  /** Lets versions end: `until` and ids, after the tenant where the table has one. */
  end: string;
}

const PROVENANCE: VersionColumn[] = [
  { name: 'id', type: 'uuid', member: '' },
  { name: 'known_from', type: 'timestamptz', member: '' },
  { name: 'raw_id', type: 'uuid', member: '' },
  { name: 'position', type: 'text', member: '' },
  { name: 'ordinal', type: 'integer', member: '' },
];

const list = (alias: string, columns: readonly VersionColumn[]): string =>
  columns.map(({ name }) => `${alias}.${name}`).join(', ');

/** The expressions of the unique index on current rows: a missing start is one value, not many. */
const keyOf = (alias: string, { key }: VersionSpec): string[] =>
  key.map(({ name, type }) => (type === 'date' ? `coalesce(${alias}.${name}, '-infinity')` : `${alias}.${name}`));

function buildSql(spec: VersionSpec): VersionSql {
  const tenant = spec.scope === 'tenant';
  const columns = [...spec.key, ...spec.values, ...PROVENANCE];
  const rows = `json_to_recordset($${tenant ? 2 : 1}::text::json) as x(${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`;
  const own = (alias: string): string => (tenant ? `${tenantPredicate(alias)} and ` : '');
  const keysOf = (alias: string): string => keyOf(alias, spec).join(', ');
  const same = (left: string, right: string): string => {
    const others = keyOf(right, spec);
    return keyOf(left, spec)
      .map((column, index) => `${column} = ${others[index]}`)
      .join(' and ');
  };
  const told = [...(spec.change?.columns ?? []), ...(spec.followed ?? [])];
  const array = (alias: string): string => `array[${told.map((name) => `${alias}.${name}`).join(', ')}]::text[]`;
  const differs =
    spec.values.length === 0 ? 'false' : `(${list('n', spec.values)}) is distinct from (${list('t', spec.values)})`;
  return {
    unknown:
      spec.announces === undefined
        ? null
        : `select distinct x.${spec.announces} from ${rows}
           where not exists (select 1 from ${spec.table} t where ${own('t')}t.${spec.announces} = x.${spec.announces})`,
    changed: `with newest as (
      select distinct on (${keysOf('x')}) x.* from ${rows}
      order by ${keysOf('x')}, x.known_from desc, x.raw_id desc, x.ordinal desc)
      select ${array('n')} as now, case when t.id is not null then ${array('t')} end as before
      from newest n left join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'n')} and t.known_to is null offset 0) t on true
      where t.id is null
        or (n.known_from, n.raw_id, n.ordinal) > (t.known_from, t.raw_id, t.ordinal) and ${differs}`,
    insert: `insert into ${spec.table} (${tenant ? 'tenant_id, ' : ''}${columns.map(({ name }) => name).join(', ')}, known_to)
      select ${tenant ? '$1::uuid, ' : ''}${list('x', columns)}, x.known_from from ${rows}
      on conflict do nothing`,
    place: `with placed as (
      select t.id, t.known_to,
        lead(t.known_from) over (partition by ${keysOf('t')} order by t.known_from, t.raw_id, t.ordinal) as until
      from (select distinct ${list('x', spec.key)} from ${rows}) x cross join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'x')} offset 0) t)
      select until, array_agg(id) as ids from placed where known_to is distinct from until
      group by until order by until nulls last`,
    end: `update ${spec.table} t set known_to = $${tenant ? 2 : 1}::timestamptz
      where ${own('t')}t.id = any($${tenant ? 3 : 2}::uuid[])`,
  };
}

const BUILT = new Map(Object.entries(VERSION_SPECS).map(([kind, spec]) => [kind, buildSql(spec)]));

/** The statements of a record kind. */
export function versionSql(kind: keyof typeof VERSION_SPECS): VersionSql {
  const sql = BUILT.get(kind);
  if (!sql) throw new Error(`no version table is declared for ${kind}`);
  return sql;
}
