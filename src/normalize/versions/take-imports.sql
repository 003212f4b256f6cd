-- Files of master or reference data that wait to be counted and are wholly read, oldest first; those that another worker counts are left to it.
-- Served by data_import_waiting, the primary key of raw_state.
select d.id, d.raw_id as "rawId", d.kind, d.feed, d.received_at as "receivedAt"
from data_import d
where d.tenant_id = $1::uuid and d.waiting
  and exists (select 1 from raw_state r where r.tenant_id = $1::uuid and r.raw_id = d.raw_id and r.state <> 'PENDING')
order by d.id
limit $2::int
for no key update of d skip locked
