-- Every table and partition of a schema with its owner, row-level security, policies and grants to others than the owner.
-- Served by the system catalogues' own indexes.
select
  c.relname as name,
  pg_get_userbyid(c.relowner) as owner,
  root.relname as "partOf",
  c.relkind = 'p' as partitioned,
  exists (
    select from pg_attribute a
    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  ) as "hasTenant",
  c.relrowsecurity as rls,
  c.relforcerowsecurity as forced,
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'name', p.polname,
      'permissive', p.polpermissive,
      'command', p.polcmd,
      'everybody', p.polroles = '{0}',
      'using', pg_get_expr(p.polqual, p.polrelid),
      'check', pg_get_expr(p.polwithcheck, p.polrelid)
    ) order by p.polname)
    from pg_policy p where p.polrelid = c.oid
  ), '[]'::jsonb) as policies,
  coalesce((
    select jsonb_agg(g.line order by g.line)
    from (
      select
        case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee)::text end
          || ' ' || acl.privilege_type as line
      from aclexplode(c.relacl) acl
      where acl.grantee <> c.relowner
      union all
      select
        case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee)::text end
          || ' ' || acl.privilege_type || '(' || a.attname || ')'
      from pg_attribute a, aclexplode(a.attacl) acl
      where a.attrelid = c.oid and acl.grantee <> c.relowner
    ) g
  ), '[]'::jsonb) as grants
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_inherits i on i.inhrelid = c.oid
left join pg_class root on root.oid = i.inhparent
where n.nspname = $1::text and c.relkind in ('r', 'p', 'f')
order by c.relname
