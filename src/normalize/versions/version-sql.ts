/**
 * The statements that keep a table of versions, written from its spec: those that store (storing-sql.ts) and the questions
 * here. They are built once, when the module loads, because eighteen tables would need eighteen copies of the same `.sql` files.
 */
import { storing, type StoringSql } from './storing-sql.ts';
import { list, partsOf, type Parts } from './version-parts.ts';
import { VERSION_SPECS, type VersionSpec } from './version-spec.ts';

/** Statements of one kind; `$1` is the tenant. */
export interface VersionSql extends StoringSql {
  /** Effects of a payload (known_from, payload) by kind of effect: `effect`, `count`, and how many of the keys it `named`. */
  effects: string;
  /** The same, row by row: `effect`, `key`, `before`, `after`; at most so many of each. */
  details: string;
  /** What was known at an instant ($2) of one first key ($3, null = all): `key` and `row`, at most $4. */
  known: string;
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
function comparing({ kind, spec, own, keysOf, hashOf, same, differs, sighted }: Parts): string {
  const said = (alias: string): string =>
    `jsonb_build_object(${spec.values.map(({ name }) => `'${name}', ${alias}.${name}`).join(', ')})`;
  const key = (alias: string): string => `jsonb_build_array(${list(alias, spec.key)})`;
  return `with news as (
      select distinct on (${keysOf('t')}) t.* from ${spec.table} t where ${own('t')}t.raw_id = $3::uuid
      order by ${keysOf('t')}, t.ordinal desc),
    noted as materialized (
      ${sighted('$3::uuid')}),
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
        and not ${hashOf('t')} in (select k.key_hash from noted k)
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
    where ${own('t')}t.known_from <= $2::timestamptz and (t.known_to is null or t.known_to > $2::timestamptz)
      and ($3::text is null or t.${first?.name ?? ''} = $3::text)
    order by ${list('t', spec.key)} limit $4::integer`;
}

function buildSql(kind: string, spec: VersionSpec): VersionSql {
  const parts = partsOf(kind, spec);
  const compared = comparing(parts);
  return {
    ...storing(parts),
    known: knowing(parts),
    // What was said again has no rows to be compared.
    effects: `${compared} select effect, sum(count)::int as count, sum(named)::int as named from (
        select effect, count(*) as count, count(after) as named from compared group by effect
        union all
        select 'UNCHANGED', count(*), count(*) from noted k
        where not k.key_hash in (select ${parts.hashOf('n')} from news n)) e
      where count > 0 group by effect`,
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
