-- EHR feeds with the entities they serve, how late they may be and when they last delivered.
-- Served by feed's primary key, raw_state_feed.
select f.name, f.source_system as "sourceSystem", f.serves, f.error_after_seconds as "errorAfterSeconds", f.paused,
  (select max(s.received_at) from raw_state s where s.tenant_id = $1::uuid and s.feed = f.name) as "lastReceivedAt"
from feed f
where f.tenant_id = $1::uuid and f.kind = 'ehr'
