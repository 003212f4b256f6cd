-- Moves the balances of the keys by the postings just made; a key seen for the first time starts from zero.
-- Served by accumulator_balance_key.
with moved as (
  select (array_agg(n.id order by n.id))[1] as id, n.entity, n.ncpdp, n.ndc11, n.bucket,
    sum(case when n.to_account = 'DISPENSED' then n.quantity when n.from_account = 'DISPENSED' then -n.quantity else 0 end) as dispensed,
    sum(case when n.to_account = 'AVAILABLE' then n.quantity when n.from_account = 'AVAILABLE' then -n.quantity else 0 end) as available,
    sum(case when n.to_account = 'ON_ORDER' then n.quantity when n.from_account = 'ON_ORDER' then -n.quantity else 0 end) as on_order,
    sum(case when n.to_account = 'REPLENISHED' then n.quantity when n.from_account = 'REPLENISHED' then -n.quantity else 0 end) as replenished,
    sum(case when n.to_account = 'ADJUSTMENT' then n.quantity when n.from_account = 'ADJUSTMENT' then -n.quantity else 0 end) as adjustment
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::numeric[])
    as n (id, entity, ncpdp, ndc11, bucket, from_account, to_account, quantity)
  group by n.entity, n.ncpdp, n.ndc11, n.bucket
)
insert into accumulator_balance (tenant_id, id, entity, ncpdp, ndc11, bucket, dispensed, available, on_order, replenished, adjustment, updated_at)
select $1::uuid, m.id, m.entity, m.ncpdp, m.ndc11, m.bucket, m.dispensed, m.available, m.on_order, m.replenished, m.adjustment, $10::timestamptz
from moved m
order by m.entity, m.ncpdp, m.ndc11, m.bucket
on conflict (tenant_id, entity, ncpdp, ndc11, bucket) do update set
  dispensed = accumulator_balance.dispensed + excluded.dispensed,
  available = accumulator_balance.available + excluded.available,
  on_order = accumulator_balance.on_order + excluded.on_order,
  replenished = accumulator_balance.replenished + excluded.replenished,
  adjustment = accumulator_balance.adjustment + excluded.adjustment,
  updated_at = excluded.updated_at;
