-- What the given keys have allocated so far.
-- Served by allocation_key.
select a.entity, a.ncpdp, a.ndc11, a.bucket, a.id, a.dispense_id as "dispenseId", a.invoice_line_id as "invoiceLineId", a.quantity
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
join allocation a on a.tenant_id = $1::uuid and a.entity = g.entity and a.ncpdp = g.ncpdp and a.ndc11 = g.ndc11 and a.bucket = g.bucket
where a.superseded_at is null;
