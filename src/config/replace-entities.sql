-- Makes the tenant's parent entities exactly those of the configuration; answers what came or went.
-- Served by tenant_entity's primary key.
with gone as (
  delete from tenant_entity t where t.tenant_id = $1::uuid and not (t.id340b = any($2::text[])) returning t.id340b
), came as (
  insert into tenant_entity (tenant_id, id340b)
  select $1::uuid, id340b from unnest($2::text[]) as declared (id340b)
  on conflict do nothing
  returning id340b
)
select id340b from gone union all select id340b from came;
