/**
 * The statements that keep a table of versions, written from its spec. They are built once, when the module loads, because
 * sixteen tables would need sixteen copies of the same four `.sql` files.
 */
import { tenantPredicate } from '../../db/tenant.ts';
import { VERSION_SPECS, type VersionColumn, type VersionSpec } from './version-spec.ts';

/**
 * Statements of one table. Parameters: rows as JSON, after the tenant where the table has one; `place` and those after `end`
 * name the tenant always, because whole lists and payloads are kept by tenant.
 */
export interface VersionSql {
  /** Values announced by these rows that the table does not know; null when the table announces nothing. */
  unknown: string | null;
  /** Keys whose current content these rows will change: `now` and `before` hold the change and followed columns. */
  changed: string;
  /**
   * Ends current versions that these rows follow: what `place` would do, without looking at the other versions. Only for keys
   * that stand once among the rows, and where no whole list may end what comes in.
   */
  supersede: string;
  /**
   * Adds the rows, closed; where the last parameter is true, those open that are the latest of a key which stands once among
   * the rows. Answers how many are open: when all are, nothing is left to be placed.
   */
  insert: string;
  /**
   * Versions of the touched keys that should end elsewhere: `until` (null = current), `endedOn` (the last day of the latest, where a
   * whole list ended it) and their `ids`. Those that count come last, because of each key only one may.
   */
  place: string;
  /** Lets versions end: `until`, ids and, where whole lists end periods, `endedOn`, after the tenant where the table has one. */
  end: string;
  /**
   * Ends what a whole list (feed, part, known_from, payload) does not name; answers what `changed` answers. Rows of other
   * feeds stay.
   */
  close: string;
  /** Effects of a payload (known_from, payload) by kind of effect: `effect`, `count`. */
  effects: string;
  /** The same, row by row: `effect`, `key`, `before`, `after`; at most so many of each. */
  details: string;
  /** What was known at an instant ($2) of one first key ($3, null = all): `key` and `row`, at most $4. */
  known: string;
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

/** What the statements of a table are put together from. */
interface Parts {
  spec: VersionSpec;
  /** `$1::uuid` compared with the tenant of an alias, where the table has one. */
  own: (alias: string) => string;
  keysOf: (alias: string) => string;
  same: (left: string, right: string) => string;
  differs: (left: string, right: string) => string;
  /** Change and followed columns as an array. */
  told: (alias: string) => string;
}

function partsOf(spec: VersionSpec): Parts {
  const told = [...(spec.change?.columns ?? []), ...(spec.followed ?? [])];
  return {
    spec,
    own: (alias) => (spec.scope === 'tenant' ? `${tenantPredicate(alias)} and ` : ''),
    keysOf: (alias) => keyOf(alias, spec).join(', '),
    same: (left, right) => {
      const others = keyOf(right, spec);
      return keyOf(left, spec)
        .map((column, index) => `${column} = ${others[index]}`)
        .join(' and ');
    },
    differs: (left, right) =>
      spec.values.length === 0
        ? 'false'
        : `(${list(left, spec.values)}) is distinct from (${list(right, spec.values)})`,
    told: (alias) => `array[${told.map((name) => `${alias}.${name}`).join(', ')}]::text[]`,
  };
}

/** Whole lists of a kind that a version's feed brought after it: the first of them ends it unless a row of its key did before. */
const snapshotsAfter = (kind: string, { spec }: Parts): string =>
  `select min(s.known_from) from data_snapshot s
   where s.tenant_id = $1::uuid and s.kind = '${kind}' and (s.known_from, s.raw_id) > (t.known_from, t.raw_id)
     and s.within_part = ${spec.within === undefined ? `''` : `t.${spec.within}`}
     and s.feed = (select r.feed from raw_state r where r.tenant_id = $1::uuid and r.raw_id = t.raw_id)`;

/** Day of an instant where the tenant is. */
const dayOf = (instant: string): string =>
  `(${instant} at time zone (select z.zone from tenant z where z.id = $1::uuid))::date`;

/** Finds where the versions of some keys should end. */
function placing(kind: string, parts: Parts, rows: string): string {
  const { spec, own, keysOf, same } = parts;
  const { endsByList: ends = false } = spec;
  return `with placed as (
      select t.id, t.known_to, ${ends ? 't.ended_on' : 'null::date as ended_on'},
        lead(t.known_from) over (partition by ${keysOf('t')} order by t.known_from, t.raw_id, t.ordinal) as next,
        (${snapshotsAfter(kind, parts)}) as listed
      from (select distinct ${list('x', spec.key)} from ${rows}) x cross join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'x')} offset 0) t),
    ending as (
      select p.id, p.known_to, p.ended_on, least(p.next, p.listed) as until,
        ${ends ? `case when p.next is null then ${dayOf('p.listed')} end` : 'null::date'} as "endedOn"
      from placed p)
    select until, "endedOn", array_agg(id) as ids from ending
    where known_to is distinct from until or ended_on is distinct from "endedOn"
    group by until, "endedOn" order by until is null or "endedOn" is not null, until`;
}

function storing(kind: string, parts: Parts): Omit<VersionSql, 'effects' | 'details' | 'known'> {
  const { spec, own, keysOf, same, differs, told } = parts;
  const tenant = spec.scope === 'tenant';
  const columns = [...spec.key, ...spec.values, ...PROVENANCE];
  const fields = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  const rowsAt = (at: number): string => `json_to_recordset($${at}::text::json) as x(${fields})`;
  const rows = rowsAt(tenant ? 2 : 1);
  const once = `select * from (select x.*, count(*) over (partition by ${keysOf('x')}) as times from ${rows}) x where x.times = 1`;
  return {
    unknown:
      spec.announces === undefined
        ? null
        : `select distinct x.${spec.announces} from ${rows}
           where not exists (select 1 from ${spec.table} t where ${own('t')}t.${spec.announces} = x.${spec.announces})`,
    changed: `with newest as (
      select distinct on (${keysOf('x')}) x.* from ${rows}
      order by ${keysOf('x')}, x.known_from desc, x.raw_id desc, x.ordinal desc)
      select n.raw_id as "rawId", ${told('n')} as now, case when t.id is not null then ${told('t')} end as before
      from newest n left join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'n')} and t.known_to is null offset 0) t on true
      where t.id is null
        or (n.known_from, n.raw_id, n.ordinal) > (t.known_from, t.raw_id, t.ordinal) and ${differs('n', 't')}`,
    supersede: `update ${spec.table} t set known_to = n.known_from
      from (${once}) n
      where ${own('t')}${same('t', 'n')} and t.known_to is null
        and (t.known_from, t.raw_id, t.ordinal) < (n.known_from, n.raw_id, n.ordinal)`,
    insert: `with added as (insert into ${spec.table} (${tenant ? 'tenant_id, ' : ''}${columns.map(({ name }) => name).join(', ')}, known_to)
      select ${tenant ? '$1::uuid, ' : ''}${list('n', columns)}, case when not ($${tenant ? 3 : 2}::boolean and n.times = 1 and not exists (
        select 1 from ${spec.table} t where ${own('t')}${same('t', 'n')}
          and (t.known_from, t.raw_id, t.ordinal) > (n.known_from, n.raw_id, n.ordinal))) then n.known_from end
      from (select x.*, count(*) over (partition by ${keysOf('x')}) as times from ${rows}) n
      on conflict do nothing returning known_to)
      select count(*)::int as open from added where known_to is null`,
    place: placing(kind, parts, rowsAt(2)),
    end: `update ${spec.table} t set known_to = $${tenant ? 2 : 1}::timestamptz${spec.endsByList ? ', ended_on = $4::date' : ''}
      where ${own('t')}t.id = any($${tenant ? 3 : 2}::uuid[])`,
    close: `update ${spec.table} t set known_to = $4::timestamptz${
      spec.endsByList
        ? `, ended_on = case when t.known_to is null or t.ended_on is not null then ${dayOf('$4::timestamptz')} end`
        : ''
    }
      where ${own('t')}(t.known_from, t.raw_id) < ($4::timestamptz, $5::uuid) and (t.known_to is null or t.known_to > $4::timestamptz)
        ${spec.within === undefined ? `and $3::text = ''` : `and t.${spec.within} = $3::text`}
        and exists (select 1 from raw_state r where r.tenant_id = $1::uuid and r.raw_id = t.raw_id and r.feed = $2::text)
      returning t.raw_id as "rawId", ${told('t')} as now, null::text[] as before`,
  };
}

/** True in SQL when a row's period ends earlier than it did, or it takes part no more. */
function endsEarlier({ end, values }: VersionSpec): string {
  const conditions = [
    ...(end === undefined ? [] : [`coalesce(n.${end}, 'infinity') < coalesce(p.${end}, 'infinity')`]),
    ...(values.some(({ name }) => name === 'participating') ? ['(p.participating and not n.participating)'] : []),
  ];
  return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
}

/** Rows of a payload beside what was known just before it, then what it ended by not naming it. Parameters: tenant, known_from, payload. */
function comparing(kind: string, { spec, own, keysOf, same, differs }: Parts): string {
  const said = (alias: string): string =>
    `jsonb_build_object(${spec.values.map(({ name }) => `'${name}', ${alias}.${name}`).join(', ')})`;
  const key = (alias: string): string => `jsonb_build_array(${list(alias, spec.key)})`;
  return `with news as (
      select distinct on (${keysOf('t')}) t.* from ${spec.table} t where ${own('t')}t.raw_id = $3::uuid and $1::uuid is not null
      order by ${keysOf('t')}, t.ordinal desc),
    compared as (
      select case when p.id is null then 'ADDED' when not (${differs('n', 'p')}) then 'UNCHANGED'
          when ${endsEarlier(spec)} then 'ENDED' else 'CHANGED' end as effect,
        ${key('n')} as key, case when p.id is not null then ${said('p')} end as before, ${said('n')} as after
      from news n left join lateral (
        select p.* from ${spec.table} p
        where ${own('p')}${same('p', 'n')} and (p.known_from, p.raw_id) < (n.known_from, n.raw_id)
          and (p.known_to is null or p.known_to >= n.known_from)
        order by p.known_from desc, p.raw_id desc, p.ordinal desc limit 1) p on true
      union all
      select 'ENDED', ${key('t')}, ${said('t')}, null
      from ${spec.table} t
      where (select exists (
          select 1 from data_snapshot s where s.tenant_id = $1::uuid and s.kind = '${kind}' and s.raw_id = $3::uuid))
        and ${own('t')}t.known_to = $2::timestamptz and t.raw_id <> $3::uuid
        and not exists (select 1 from ${spec.table} n where ${own('n')}${same('n', 't')} and n.raw_id = $3::uuid)
        and exists (
          select 1 from data_snapshot s
          where s.tenant_id = $1::uuid and s.kind = '${kind}' and s.raw_id = $3::uuid
            and s.within_part = ${spec.within === undefined ? `''` : `t.${spec.within}`}
            and s.feed = (select r.feed from raw_state r where r.tenant_id = $1::uuid and r.raw_id = t.raw_id)))`;
}

/** Rows as they were known at an instant. */
function knowing({ spec, own }: Parts): string {
  const [first] = spec.key;
  const values = spec.values.map(({ name }) => `'${name}', t.${name}`).join(', ');
  return `select jsonb_build_array(${list('t', spec.key)}) as key, jsonb_build_object(${values}) as row,
      t.known_from as "knownFrom", t.known_to as "knownTo"
    from ${spec.table} t
    where ${own('t')}$1::uuid is not null and t.known_from <= $2::timestamptz and (t.known_to is null or t.known_to > $2::timestamptz)
      and ($3::text is null or t.${first?.name ?? ''} = $3::text)
    order by ${list('t', spec.key)} limit $4::integer`;
}

function buildSql(kind: string, spec: VersionSpec): VersionSql {
  const parts = partsOf(spec);
  const compared = comparing(kind, parts);
  return {
    ...storing(kind, parts),
    known: knowing(parts),
    effects: `${compared} select effect, count(*)::int as count, count(after)::int as named from compared group by effect`,
    details: `${compared}, numbered as (
        select c.*, row_number() over (partition by c.effect order by c.key::text collate "C") as number
        from compared c where c.effect <> 'UNCHANGED')
      select effect, key, before, after from numbered where number <= $4::integer order by effect, number`,
  };
}

const BUILT = new Map(Object.entries(VERSION_SPECS).map(([kind, spec]) => [kind, buildSql(kind, spec)]));

/** The statements of a record kind. */
export function versionSql(kind: keyof typeof VERSION_SPECS): VersionSql {
  const sql = BUILT.get(kind);
  if (!sql) throw new Error(`no version table is declared for ${kind}`);
  return sql;
}
