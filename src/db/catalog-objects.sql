-- Objects of a schema that could show rows past row-level security: views, materialized views, definer functions, rules
-- and triggers on tables.
-- Served by the system catalogues' own indexes.
select 'view' as kind, c.relname::text as name,
  coalesce(c.reloptions @> '{security_invoker=true}' or c.reloptions @> '{security_invoker=on}', false) as safe
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relkind = 'v'
union all
select 'materialized view', c.relname::text, false
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relkind = 'm'
union all
select 'definer function', p.oid::regprocedure::text, false
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname in ($1::text, 'public') and p.prosecdef
union all
select 'trigger', c.relname || '.' || t.tgname, false
from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and not t.tgisinternal
union all
select 'rule', c.relname || '.' || w.rulename, false
from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relkind in ('r', 'p')
order by 1, 2
