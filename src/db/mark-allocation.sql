-- Marks ledger keys for allocation together with every known key of the same NDC-9 at the same entity and pharmacy.
-- Served by accumulator_balance_key, allocation_work's primary key.
with given as (
  select g.entity, g.ncpdp, g.ndc11, g.bucket
  from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
), marked as (
  select g.entity, g.ncpdp, g.ndc11, g.bucket from given g
  union
  select b.entity, b.ncpdp, b.ndc11, b.bucket
  from given g
  join accumulator_balance b on b.tenant_id = $1::uuid and b.entity = g.entity and b.ncpdp = g.ncpdp
    and b.ndc11 >= left(g.ndc11, 9) and b.ndc11 < left(g.ndc11, 9) || ':'
)
insert into allocation_work (tenant_id, entity, ncpdp, ndc11, bucket, cause)
select $1::uuid, m.entity, m.ncpdp, m.ndc11, m.bucket, $6
from marked m
order by m.entity, m.ncpdp, m.ndc11, m.bucket
on conflict (tenant_id, entity, ncpdp, ndc11, bucket) do update set cause = excluded.cause;
