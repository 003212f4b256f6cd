-- Stores the lines of invoice versions as resolved; a line keeps its id, allocation is the allocator's to set.
-- Served by invoice_line_number.
insert into invoice_line (tenant_id, id, invoice_id, line_number, ordinal, invoice_date, ndc_text, ndc11, packages, unit_price, amount,
  entity, ncpdp, bucket, quantity, effective_quantity, allocated_quantity, state, current, raw_id, position)
select $1::uuid, n.id, n.invoice_id, n.line_number, n.ordinal, n.invoice_date, n.ndc_text, n.ndc11, n.packages, n.unit_price, n.amount,
  n.entity, n.ncpdp, n.bucket, n.quantity, 0, 0, n.state, n.current, n.raw_id, n.position
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::date[], $7::text[], $8::text[], $9::numeric[], $10::numeric[], $11::numeric[],
  $12::text[], $13::text[], $14::text[], $15::numeric[], $16::text[], $17::boolean[], $18::uuid[], $19::text[])
  as n (id, invoice_id, line_number, ordinal, invoice_date, ndc_text, ndc11, packages, unit_price, amount,
    entity, ncpdp, bucket, quantity, state, current, raw_id, position)
on conflict (tenant_id, invoice_id, ordinal) do update set
  ndc11 = excluded.ndc11, entity = excluded.entity, ncpdp = excluded.ncpdp, bucket = excluded.bucket, quantity = excluded.quantity,
  state = case when invoice_line.state in ('ALLOCATED', 'PARTIAL', 'UNMATCHED') and excluded.state = 'UNMATCHED' then invoice_line.state else excluded.state end,
  current = excluded.current,
  allocated_quantity = case when excluded.state = 'UNMATCHED' then invoice_line.allocated_quantity else 0 end,
  effective_quantity = case when excluded.bucket is null then 0 else invoice_line.effective_quantity end
returning id, invoice_id as "invoiceId", ordinal;
