-- L4: the accounts of a key sum to zero and are the sums of its postings; a posting moves a positive quantity between two known accounts.
-- Served by accumulator_entry_key, accumulator_balance_key.
with sums as (
  select e.entity, e.ncpdp, e.ndc11, e.bucket,
    sum(case when e.to_account = a.account then e.quantity else 0 end) - sum(case when e.from_account = a.account then e.quantity else 0 end) as quantity,
    a.account
  from accumulator_entry e
  cross join (values ('DISPENSED'), ('AVAILABLE'), ('ON_ORDER'), ('REPLENISHED'), ('ADJUSTMENT')) as a (account)
  where e.tenant_id = $1::uuid
  group by e.entity, e.ncpdp, e.ndc11, e.bucket, a.account
), kept as (
  select b.entity, b.ncpdp, b.ndc11, b.bucket, a.account, a.quantity
  from accumulator_balance b
  cross join lateral (values ('DISPENSED', b.dispensed), ('AVAILABLE', b.available), ('ON_ORDER', b.on_order),
    ('REPLENISHED', b.replenished), ('ADJUSTMENT', b.adjustment)) as a (account, quantity)
  where b.tenant_id = $1::uuid
)
select 'balance ' || coalesce(s.account, k.account) || ' of ' || concat_ws('|', coalesce(s.entity, k.entity), coalesce(s.ncpdp, k.ncpdp), coalesce(s.ndc11, k.ndc11), coalesce(s.bucket, k.bucket))
  || ' is ' || coalesce(k.quantity::text, 'missing') || ', its postings say ' || coalesce(s.quantity, 0) as breach
from sums s
full join kept k using (entity, ncpdp, ndc11, bucket, account)
where coalesce(s.quantity, 0) <> coalesce(k.quantity, 0)
union all
select 'accounts of ' || concat_ws('|', b.entity, b.ncpdp, b.ndc11, b.bucket) || ' sum to ' || (b.dispensed + b.available + b.on_order + b.replenished + b.adjustment)
from accumulator_balance b
where b.tenant_id = $1::uuid and b.dispensed + b.available + b.on_order + b.replenished + b.adjustment <> 0
union all
select 'accumulator_entry ' || e.id || ' moves ' || e.quantity || ' from ' || e.from_account || ' to ' || e.to_account
from accumulator_entry e
where e.tenant_id = $1::uuid and (e.quantity <= 0 or e.from_account = e.to_account
  or e.from_account not in ('DISPENSED', 'AVAILABLE', 'ON_ORDER', 'REPLENISHED', 'ADJUSTMENT')
  or e.to_account not in ('DISPENSED', 'AVAILABLE', 'ON_ORDER', 'REPLENISHED', 'ADJUSTMENT'))
