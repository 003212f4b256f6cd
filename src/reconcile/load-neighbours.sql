-- For the given keys: does anything accrue for the same NDC-11 in another bucket, or for the same NDC-9 in the bucket (12.35)?
-- Served by dispense_accrual.
select g.entity, g.ncpdp, g.ndc11, g.bucket,
  exists (select 1 from dispense d where d.tenant_id = $1::uuid and d.entity = g.entity and d.ncpdp = g.ncpdp and d.ndc11 = g.ndc11
    and d.bucket is not null and d.bucket <> g.bucket and d.state = 'OPEN' and d.quantity > 0) as "otherBucket",
  exists (select 1 from dispense d where d.tenant_id = $1::uuid and d.entity = g.entity and d.ncpdp = g.ncpdp
    and d.ndc11 >= left(g.ndc11, 9) and d.ndc11 < left(g.ndc11, 9) || ':' and d.ndc11 <> g.ndc11
    and d.bucket = g.bucket and d.state = 'OPEN' and d.quantity > 0) as "otherPackage"
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket);
