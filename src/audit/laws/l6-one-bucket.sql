-- L6: a dispense sits in at most one bucket; pending, held, reversed or Medicaid-carved-out ones sit in none of 340B; at most one answer
-- is in force for a dispense and entity, and at most one of them wins.
-- Served by accumulator_entry_dispense, determination's primary key, rule_result's primary key.
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
select 'dispense ' || t.dispense_id || ' has ' || count(*) || ' answers in force, of ' || count(distinct t.entity) || ' entities, ' || count(*) filter (where t.winning) || ' winning'
from determination t
where t.tenant_id = $1::uuid and t.current
group by t.dispense_id having count(*) > count(distinct t.entity) or count(*) filter (where t.winning) > 1
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
where p.bucket = '340B' and exists (
  select from generate_series(1, get_byte(t.verdicts, 0)) as p (place)
  join rule_result r on r.tenant_id = $1::uuid
    and r.number = (get_byte(t.verdicts, 3 * p.place - 2) << 16) + (get_byte(t.verdicts, 3 * p.place - 1) << 8) + get_byte(t.verdicts, 3 * p.place)
  where r.rule = 'MEDICAID_CARVE' and r.answer = 'FAIL')
