-- L5: what is received for an invoice line under its key is its effective quantity, and nothing elsewhere.
-- Served by accumulator_entry_line, invoice_line's primary key.
with posted as (
  select e.invoice_line_id, e.entity, e.ncpdp, e.ndc11, e.bucket,
    sum(case when e.to_account = 'REPLENISHED' then e.quantity when e.from_account = 'REPLENISHED' then -e.quantity else 0 end) as quantity
  from accumulator_entry e
  where e.tenant_id = $1::uuid and e.invoice_line_id is not null
  group by e.invoice_line_id, e.entity, e.ncpdp, e.ndc11, e.bucket
), wanted as (
  select l.id as invoice_line_id, l.entity, l.ncpdp, l.ndc11, l.bucket, l.effective_quantity as quantity
  from invoice_line l
  where l.tenant_id = $1::uuid and l.current and l.bucket is not null and l.ndc11 is not null and coalesce(l.effective_quantity, 0) <> 0
)
select 'invoice_line ' || invoice_line_id || ' received ' || coalesce(p.quantity, 0) || ', its line says ' || coalesce(w.quantity, 0) as breach
from posted p
full join wanted w using (invoice_line_id, entity, ncpdp, ndc11, bucket)
where coalesce(p.quantity, 0) <> coalesce(w.quantity, 0)
