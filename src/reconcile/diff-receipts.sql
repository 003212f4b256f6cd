-- For the given lines: what should be received under each key against what is posted there.
-- Served by invoice_line's primary key, accumulator_entry_line.
with wanted as (
  select l.id as invoice_line_id, l.entity, l.ncpdp, l.ndc11, l.bucket, l.effective_quantity as quantity
  from invoice_line l
  where l.tenant_id = $1::uuid and l.id = any($2::uuid[]) and l.current and l.bucket is not null and l.ndc11 is not null and l.effective_quantity > 0
), posted as (
  select e.invoice_line_id, e.entity, e.ncpdp, e.ndc11, e.bucket, sum(case when e.posting = 'RECEIVE_DIRECT' then e.quantity else -e.quantity end) as quantity
  from accumulator_entry e
  where e.tenant_id = $1::uuid and e.invoice_line_id = any($2::uuid[])
  group by e.invoice_line_id, e.entity, e.ncpdp, e.ndc11, e.bucket
)
select entity, ncpdp, ndc11, bucket, invoice_line_id as "invoiceLineId",
  case when coalesce(w.quantity, 0) > coalesce(p.quantity, 0) then 'RECEIVE_DIRECT' else 'RETURN' end as posting,
  abs(coalesce(w.quantity, 0) - coalesce(p.quantity, 0)) as quantity
from wanted w
full join posted p using (entity, ncpdp, ndc11, bucket, invoice_line_id)
where coalesce(w.quantity, 0) <> coalesce(p.quantity, 0)
order by entity, ncpdp, ndc11, bucket, invoice_line_id;
