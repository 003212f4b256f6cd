-- AVAILABLE of the given keys.
-- Served by accumulator_balance_key.
select b.entity, b.ncpdp, b.ndc11, b.bucket, b.available
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
join accumulator_balance b on b.tenant_id = $1::uuid and b.entity = g.entity and b.ncpdp = g.ncpdp and b.ndc11 = g.ndc11 and b.bucket = g.bucket;
