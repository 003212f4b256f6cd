-- For the given keys: what each dispense should have accrued there against what is posted; the difference is the posting to make.
-- Served by dispense_accrual, accumulator_entry_key, dispense's primary key.
with given as (
  select g.entity, g.ncpdp, g.ndc11, g.bucket
  from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
), wanted as (
  select d.entity, d.ncpdp, d.ndc11, d.bucket, d.id as dispense_id, d.quantity
  from given g
  join dispense d on d.tenant_id = $1::uuid and d.entity = g.entity and d.ncpdp = g.ncpdp and d.ndc11 = g.ndc11 and d.bucket = g.bucket
  where d.state = 'OPEN' and d.quantity > 0
), posted as (
  select e.entity, e.ncpdp, e.ndc11, e.bucket, e.dispense_id, sum(case when e.posting = 'ACCRUE' then e.quantity else -e.quantity end) as quantity
  from given g
  join accumulator_entry e on e.tenant_id = $1::uuid and e.entity = g.entity and e.ncpdp = g.ncpdp and e.ndc11 = g.ndc11 and e.bucket = g.bucket
  where e.posting in ('ACCRUE', 'REVERSE')
  group by e.entity, e.ncpdp, e.ndc11, e.bucket, e.dispense_id
), difference as (
  select entity, ncpdp, ndc11, bucket, dispense_id, coalesce(w.quantity, 0) - coalesce(p.quantity, 0) as quantity
  from wanted w
  full join posted p using (entity, ncpdp, ndc11, bucket, dispense_id)
  where coalesce(w.quantity, 0) <> coalesce(p.quantity, 0)
)
select f.entity, f.ncpdp, f.ndc11, f.bucket, f.dispense_id, d.determination_id,
  case when f.quantity > 0 then 'ACCRUE' else 'REVERSE' end as posting, abs(f.quantity) as quantity,
  case when f.quantity > 0 then 'determination ' || coalesce(d.status, '') when d.state = 'OPEN' then 'determination ' || coalesce(d.status, '') || coalesce(' ' || d.reason, '') else 'claim reversal' end as cause
from difference f
join dispense d on d.tenant_id = $1::uuid and d.id = f.dispense_id
order by d.date_of_service, f.dispense_id;
