-- What normalizing those claims would have left to mark: each prescription at a pharmacy.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, keys)
select $1::uuid, gen_random_uuid(), 'CLAIM', array_agg(k.key)
from (
  select c.ncpdp || '|' || c.rx_number as key, (row_number() over () - 1) / 64 as part
  from claim_transaction c
  where c.tenant_id = $1::uuid
  group by 1
) k
group by k.part
