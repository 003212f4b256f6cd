-- What is needed to print each table of a schema: columns, constraints, indexes, partitioning. Partitions are left out:
-- which months exist depends on the day.
-- Served by the system catalogues' own indexes.
select
  c.relname::text as name,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as "partitionKey",
  obj_description(c.oid, 'pg_class') as comment,
  (
    select jsonb_agg(jsonb_build_object(
      'name', a.attname,
      'type', format_type(a.atttypid, a.atttypmod),
      'required', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid),
      'generated', a.attgenerated = 's',
      'identity', a.attidentity
    ) order by a.attnum)
    from pg_attribute a
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) as columns,
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'name', k.conname, 'definition', pg_get_constraintdef(k.oid)
    ) order by array_position(array['p', 'u', 'x', 'f', 'c']::"char"[], k.contype), k.conname)
    from pg_constraint k
    -- 'n' (not null as a constraint) exists from 18 on; the column says it already.
    where k.conrelid = c.oid and k.contype in ('p', 'u', 'x', 'f', 'c')
  ), '[]'::jsonb) as constraints,
  coalesce((
    select jsonb_agg(pg_get_indexdef(i.indexrelid) order by ic.relname)
    from pg_index i join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
  ), '[]'::jsonb) as indexes
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname
