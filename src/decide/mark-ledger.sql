-- Marks ledger keys whose accruals may have changed.
-- Served by accumulator_work's primary key.
insert into accumulator_work (tenant_id, entity, ncpdp, ndc11, bucket, cause)
select $1::uuid, k.entity, k.ncpdp, k.ndc11, k.bucket, 'DECISION'
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as k (entity, ncpdp, ndc11, bucket)
order by k.entity, k.ncpdp, k.ndc11, k.bucket
on conflict (tenant_id, entity, ncpdp, ndc11, bucket) do update set cause = excluded.cause
