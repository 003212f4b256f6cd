-- What the login of this session may do beyond its grants: powers, ownership, memberships, a place to plant objects.
-- Served by the system catalogues' own indexes.
select
  r.rolname::text as login,
  r.rolsuper as superuser,
  r.rolbypassrls as "bypassesSecurity",
  r.rolcreaterole as "makesRoles",
  r.rolreplication as replicates,
  coalesce((
    select jsonb_agg(m.rolname order by m.rolname)
    from pg_roles m
    where m.oid <> r.oid and pg_has_role(r.oid, m.oid, 'MEMBER')
      and (m.rolname = 'hub_owner' or m.rolsuper or m.rolbypassrls
        or m.rolname in ('pg_read_all_data', 'pg_write_all_data', 'pg_execute_server_program',
                         'pg_read_server_files', 'pg_write_server_files'))
  ), '[]'::jsonb) as memberships,
  coalesce((
    select jsonb_agg(c.relname order by c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relowner = r.oid and n.nspname = $1::text
  ), '[]'::jsonb) as owns,
  coalesce((
    select jsonb_agg(n.nspname order by n.nspname)
    from pg_namespace n
    where n.nspname in ($1::text, 'public') and has_schema_privilege(r.oid, n.oid, 'CREATE')
  ), '[]'::jsonb) as "createsIn"
from pg_roles r
where r.rolname = current_user
