-- What normalizing those claims would have left to mark: each prescription at a pharmacy.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, key)
select $1::uuid, gen_random_uuid(), 'CLAIM', k.key
from (select distinct c.ncpdp || '|' || c.rx_number as key from claim_transaction c where c.tenant_id = $1::uuid) k
