-- Adds allocations.
-- Served by allocation's primary key.
insert into allocation (tenant_id, id, entity, ncpdp, ndc11, bucket, dispense_id, invoice_line_id, quantity, allocated_at)
select $1::uuid, n.id, n.entity, n.ncpdp, n.ndc11, n.bucket, n.dispense_id, n.invoice_line_id, n.quantity, $10::timestamptz
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::numeric[])
  as n (id, entity, ncpdp, ndc11, bucket, dispense_id, invoice_line_id, quantity);
