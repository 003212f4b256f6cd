-- L5: what is accrued for a dispense under a key is its quantity if its answer puts it there, else nothing.
-- Served by accumulator_entry_dispense, dispense's primary key.
with posted as (
  select e.dispense_id, e.entity, e.ncpdp, e.ndc11, e.bucket,
    sum(case when e.posting = 'ACCRUE' then e.quantity when e.posting = 'REVERSE' then -e.quantity else 0 end) as quantity
  from accumulator_entry e
  where e.tenant_id = $1::uuid and e.dispense_id is not null
  group by e.dispense_id, e.entity, e.ncpdp, e.ndc11, e.bucket
), wanted as (
  select d.id as dispense_id, d.entity, d.ncpdp, d.ndc11, d.bucket, d.quantity
  from dispense d
  where d.tenant_id = $1::uuid and d.state = 'OPEN' and d.bucket is not null and d.ndc11 is not null and d.quantity is not null
)
select 'dispense ' || dispense_id || ' accrued ' || coalesce(p.quantity, 0) || ' in ' || bucket || ', its answer says ' || coalesce(w.quantity, 0) as breach
from posted p
full join wanted w using (dispense_id, entity, ncpdp, ndc11, bucket)
where coalesce(p.quantity, 0) <> coalesce(w.quantity, 0)
