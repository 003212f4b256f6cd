-- Files of master and reference data with what they changed, the latest first.
-- Served by data_import_received, the primary key of import_effect.
select d.raw_id as "rawId", d.kind, d.feed, d.received_at as "receivedAt", d.rows, d.added, d.changed, d.ended, d.unchanged, d.waiting,
  (select e.dispenses from import_effect e where e.tenant_id = $1::uuid and e.raw_id = d.raw_id) as dispenses
from data_import d
where d.tenant_id = $1::uuid and ($2::text is null or d.feed = $2::text) and ($4::uuid is null or d.raw_id = $4::uuid)
order by d.received_at desc, d.id desc
limit $3::int
