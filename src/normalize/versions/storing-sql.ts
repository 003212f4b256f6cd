/**
 * The statements that store rows as versions. Rows come into a stage, are judged against the latest version of their key, and
 * what only repeats it is noted as seen again; the rest becomes versions. `$1` is the tenant.
 */
import { list, type Parts, PROVENANCE } from './version-parts.ts';

/** Statements of one kind, in the order of their use. */
export interface StoringSql {
  createStage: string;
  createJudged: string;
  /** What an earlier import of the same transaction left in them (rehearsals). */
  emptyStage: string;
  emptyJudged: string;
  /** Takes the rows as COPY text: key, values, provenance, feed. */
  copy: string;
  /** Values announced by the staged rows that the table does not know; null when the table announces nothing. */
  unknown: string | null;
  /**
   * What becomes of each staged row: SAME (noted, $2 = id of the note), NEW, NEXT (follows the open version), PLACE (among others; all rows
   * when $3). Answers fate, number and, of NEXT, `until` and `ids` of the versions that are over.
   */
  judge: string;
  /** Brings back, closed, what was only noted of the keys that must be placed. */
  restore: string;
  /** Keys whose latest content the judged rows change, at most $2: `now` and `before` hold the change and followed columns. */
  changed: string;
  /** Adds the judged rows; those to be placed closed. */
  insert: string;
  /**
   * Versions of the keys to be placed that should end elsewhere: `until` (null = current), `endedOn` (the last day of the latest,
   * where a whole list ended it) and their `ids`. Those that count come last, because of each key only one may.
   */
  place: string;
  /** Lets versions end: $2 until, $3 ids and, where whole lists end periods, $4 their last day. */
  end: string;
  /**
   * Versions of the placed keys that only repeat the one before become notes ($2 = id of the note). Of each run the row that
   * was stored first stays: answers where it begins and ends now.
   */
  merge: string;
  /** Moves the rows that stay ($2, JSON as `merge` answered). */
  move: string;
  /** Keys that a list of $2 (instant, $3 payload) may end although they were seen again later: to be placed. */
  doubt: string;
  /**
   * Ends what a whole list ($2 feed, $3 part, $4 known_from, $5 payload) does not name; answers what `changed` answers. Rows of
   * other feeds stay.
   */
  close: string;
}

/** Whole lists of a kind that a version's feed brought after it: the first of them ends it unless a row of its key did before. */
const listsAfter = ({ kind, spec, feedOf }: Parts): string =>
  `select min(s.known_from) from data_snapshot s
   where s.tenant_id = $1::uuid and s.kind = '${kind}' and (s.known_from, s.raw_id) > (t.known_from, t.raw_id)
     and s.within_part = ${spec.within === undefined ? `''` : `t.${spec.within}`} and s.feed = ${feedOf('t')}`;

/** Day of an instant where the tenant is. */
const dayOf = (instant: string): string =>
  `(${instant} at time zone (select z.zone from tenant z where z.id = $1::uuid))::date`;

/** The statements of a kind. */
export const storing = (parts: Parts): StoringSql => ({
  ...staging(parts),
  ...judging(parts),
  ...placing(parts),
});

function staging({ spec, stage, judged, own }: Parts) {
  const columns = [...spec.key, ...spec.values, ...PROVENANCE].map(({ name, type }) => `${name} ${type}`).join(', ');
  const create = (name: string, more: string): string =>
    `create temporary table if not exists ${name} (${columns}, ${more}) on commit delete rows`;
  return {
    createStage: create(stage, 'brought_by text'),
    createJudged: create(judged, 'key_hash bigint, fate text'),
    emptyStage: `delete from ${stage}`,
    emptyJudged: `delete from ${judged}`,
    copy: `copy ${stage} from stdin`,
    unknown:
      spec.announces === undefined
        ? null
        : `select distinct x.${spec.announces} from ${stage} x
           where not exists (select 1 from ${spec.table} t where ${own('t')}t.${spec.announces} = x.${spec.announces})`,
  };
}

/** Adds notes: rows `x` with key_hash, ordinal, position, raw_id, known_from. */
const noting = (kind: string, rows: string): string =>
  `insert into data_sighting (tenant_id, raw_id, kind, id, known_from, keys, ordinals, positions)
   select $1::uuid, x.raw_id, '${kind}', $2::uuid, x.known_from, array_agg(x.key_hash order by x.ordinal),
     array_agg(x.ordinal order by x.ordinal), array_agg(x.position order by x.ordinal)
   from (${rows}) x group by x.raw_id, x.known_from`;

function judging(parts: Parts) {
  const { kind, spec, stage, judged, own, keysOf, hashOf, same, differs, place, told, feedOf } = parts;
  const { endsByList: ends = false } = spec;
  const tenant = spec.scope === 'tenant';
  const columns = [...spec.key, ...spec.values, ...PROVENANCE];
  const names = columns.map(({ name }) => name).join(', ');
  const latest = (alias: string): string =>
    `select t.* from ${spec.table} t where ${own('t')}${same('t', alias)}
     order by t.known_from desc, t.raw_id desc, t.ordinal desc limit 1`;
  return {
    judge: `with counted as (
        select h.*, count(*) over (partition by h.key_hash) as times
        from (select s.*, ${hashOf('s')} as key_hash from ${stage} s) h),
      seen as (
        select s.*, c.id as current_id, case
            when $3::boolean or s.times > 1 then 'PLACE'
            when c.id is null then 'NEW'
            when ${place('c')} >= ${place('s')} then 'PLACE'
            when c.known_to is not null then ${ends ? `'PLACE'` : `'NEW'`}
            when ${differs('s', 'c')} then 'NEXT'
            when ${feedOf('c')} is distinct from s.brought_by then 'NEXT'
            else 'SAME' end as fate
        from counted s left join lateral (${latest('s')}) c on true),
      judged as (
        insert into ${judged} (${names}, key_hash, fate)
        select ${list('s', columns)}, s.key_hash, s.fate from seen s where s.fate <> 'SAME'),
      noted as (${noting(kind, `select * from seen s where s.fate = 'SAME'`)})
      select s.fate, count(*)::int as count, case when s.fate = 'NEXT' then s.known_from end as until,
        case when s.fate = 'NEXT' then array_agg(s.current_id) end as ids
      from seen s group by 1, 3`,
    restore: `insert into ${spec.table} (${tenant ? 'tenant_id, ' : ''}${names}, known_to)
      select ${tenant ? '$1::uuid, ' : ''}${list('k', spec.key)}${spec.values.length > 0 ? ', ' : ''}${list('v', spec.values)},
        overlay(md5(n.raw_id::text || n.key_hash || n.ordinal) placing 'ffffffff' from 1 for 8)::uuid, n.known_from, n.raw_id,
        n.position, n.ordinal, n.known_from
      from (
        select d.raw_id, d.known_from, u.key_hash, u.ordinal, u.position
        from data_sighting d cross join lateral unnest(d.keys, d.ordinals, d.positions) as u (key_hash, ordinal, position)
        where d.tenant_id = $1::uuid and d.kind = '${kind}') n
      join (select distinct on (j.key_hash) j.* from ${judged} j where j.fate = 'PLACE') k on k.key_hash = n.key_hash
      cross join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'k')} and ${place('t')} <= ${place('n')}
        order by t.known_from desc, t.raw_id desc, t.ordinal desc limit 1) v
      on conflict do nothing`,
    changed: `with newest as (
        select distinct on (${keysOf('j')}) j.* from ${judged} j
        order by ${keysOf('j')}, j.known_from desc, j.raw_id desc, j.ordinal desc)
      select n.raw_id as "rawId", ${told('n')} as now, case when o.id is not null then ${told('o')} end as before
      from newest n left join lateral (${latest('n')}) l on true
      left join lateral (
        select t.* from ${spec.table} t where ${own('t')}${same('t', 'n')} and t.known_to is null offset 0) o on true
      where l.id is null or ${place('n')} > ${place('l')} and (o.id is null or ${differs('n', 'o')})
      limit $2::integer`,
    insert: `insert into ${spec.table} (${tenant ? 'tenant_id, ' : ''}${names}, known_to)
      select ${tenant ? '$1::uuid, ' : ''}${list('j', columns)}, case when j.fate = 'PLACE' then j.known_from end
      from ${judged} j where $1::uuid is not null
      on conflict do nothing`,
  };
}

function placing(parts: Parts) {
  const { kind, spec, judged, own, keysOf, hashOf, same, differs, told, feedOf, sighted } = parts;
  const { endsByList: ends = false } = spec;
  const ofKeys = `(select distinct ${list('j', spec.key)} from ${judged} j where j.fate = 'PLACE') x cross join lateral (
        select t.*, ${feedOf('t')} as brought_by, ${hashOf('t')} as key_hash from ${spec.table} t
        where ${own('t')}${same('t', 'x')} offset 0) t`;
  const inOrder = `partition by ${keysOf('t')} order by t.known_from, t.raw_id, t.ordinal`;
  const part = spec.within === undefined ? '' : `t.${spec.within} = $3::text and `;
  return {
    place: `with placed as (
        select t.id, t.known_to, ${ends ? 't.ended_on' : 'null::date as ended_on'}, lead(t.known_from) over (${inOrder}) as next,
          (${listsAfter(parts)}) as listed from ${ofKeys}),
      ending as (
        select p.id, p.known_to, p.ended_on, least(p.next, p.listed) as until,
          ${ends ? `case when p.next is null then ${dayOf('p.listed')} end` : 'null::date'} as "endedOn"
        from placed p)
      select until, "endedOn", array_agg(id) as ids from ending
      where known_to is distinct from until or ended_on is distinct from "endedOn"
      group by until, "endedOn" order by until is null or "endedOn" is not null, until`,
    end: `update ${spec.table} t set known_to = $2::timestamptz${ends ? ', ended_on = $4::date' : ''}
      where ${own('t')}t.id = any($3::uuid[])`,
    merge: `with ordered as (
        select t.*, row_number() over (${inOrder}) as number from ${ofKeys}),
      chain as (
        select t.*, p.id is not null as repeats
        from ordered t left join ordered p on p.key_hash = t.key_hash and ${same('p', 't')} and p.number = t.number - 1
          and p.known_to = t.known_from and p.brought_by = t.brought_by and not ${differs('p', 't')}),
      runs as (
        select t.*, count(*) filter (where not t.repeats) over (${inOrder}) as run from chain t),
      stays as (
        select t.key_hash, t.run, count(*) as times, (array_agg(t.id order by t.id))[1] as id,
          (array_agg(t.known_from order by t.number))[1] as known_from, (array_agg(t.raw_id order by t.number))[1] as raw_id,
          (array_agg(t.position order by t.number))[1] as position, (array_agg(t.ordinal order by t.number))[1] as ordinal,
          (array_agg(t.known_to order by t.number desc))[1] as until,
          ${ends ? '(array_agg(t.ended_on order by t.number desc))[1]' : 'null::date'} as ended_on
        from runs t group by ${keysOf('t')}, t.key_hash, t.run having count(*) > 1),
      gone as (
        delete from ${spec.table} t using runs r join stays s on s.key_hash = r.key_hash and s.run = r.run
        where ${own('t')}t.id = r.id and r.id <> s.id),
      noted as (${noting(kind, 'select * from runs r where r.repeats')})
      select s.id, s.known_from as "knownFrom", s.raw_id as "rawId", s.position, s.ordinal, s.until, s.ended_on as "endedOn"
      from stays s`,
    move: `update ${spec.table} t set known_from = x."knownFrom", raw_id = x."rawId", position = x.position, ordinal = x.ordinal,
        known_to = x.until${ends ? ', ended_on = x."endedOn"' : ''}
      from json_to_recordset($2::text::json) as x(id uuid, "knownFrom" timestamptz, "rawId" uuid, position text, ordinal integer,
        until timestamptz, "endedOn" date)
      where ${own('t')}t.id = x.id`,
    doubt: `insert into ${judged} (${spec.key.map(({ name }) => name).join(', ')}, key_hash, fate)
      select ${list('t', spec.key)}, ${hashOf('t')}, 'PLACE' from ${spec.table} t
      where ${own('t')}${hashOf('t')} in (
        select u.key_hash from data_sighting d cross join lateral unnest(d.keys) as u (key_hash)
        where d.tenant_id = $1::uuid and d.kind = '${kind}' and d.known_from >= $2::timestamptz and d.raw_id <> $3::uuid)`,
    close: `update ${spec.table} t set known_to = $4::timestamptz${
      ends
        ? `, ended_on = case when t.known_to is null or t.ended_on is not null then ${dayOf('$4::timestamptz')} end`
        : ''
    }
      where ${own('t')}${part || `$3::text = '' and `}(t.known_from, t.raw_id) < ($4::timestamptz, $5::uuid)
        and (t.known_to is null or t.known_to > $4::timestamptz)
        and exists (select 1 from raw_state r where r.tenant_id = $1::uuid and r.raw_id = t.raw_id and r.feed = $2::text)
        and not ${hashOf('t')} in (${sighted('$5::uuid')})
      returning t.raw_id as "rawId", ${told('t')} as now, null::text[] as before`,
  };
}
