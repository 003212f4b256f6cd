-- L6: a dispense sits in at most one bucket; pending, held, reversed or Medicaid-carved-out ones sit in none of 340B.
-- Served by accumulator_entry_dispense, determination's primary key.
with posted as (
  select e.dispense_id, e.bucket, sum(case when e.posting = 'ACCRUE' then e.quantity when e.posting = 'REVERSE' then -e.quantity else 0 end) as quantity
  from accumulator_entry e
  where e.tenant_id = $1::uuid and e.dispense_id is not null
  group by e.dispense_id, e.bucket
  having sum(case when e.posting = 'ACCRUE' then e.quantity when e.posting = 'REVERSE' then -e.quantity else 0 end) <> 0
)
select 'dispense ' || p.dispense_id || ' sits in ' || count(*) || ' buckets' as breach
from posted p group by p.dispense_id having count(*) > 1
union all
select 'dispense ' || d.id || ' is ' || coalesce(d.status, d.state) || ' and sits in ' || p.bucket
from posted p
join dispense d on d.tenant_id = $1::uuid and d.id = p.dispense_id
where d.state <> 'OPEN' or coalesce(d.status, '') in ('', 'PENDING', 'HELD')
union all
select 'dispense ' || d.id || ' fails MEDICAID_CARVE and sits in 340B'
from posted p
join dispense d on d.tenant_id = $1::uuid and d.id = p.dispense_id
join determination t on t.tenant_id = $1::uuid and t.id = d.determination_id
where p.bucket = '340B' and t.verdicts @> '[{"rule": "MEDICAID_CARVE", "answer": "FAIL"}]'
