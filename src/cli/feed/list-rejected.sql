-- The latest payloads of a feed of which something was refused.
-- Served by raw_state_feed, raw_message's primary key.
select s.raw_id as "rawId", m.name, s.received_at as "receivedAt", s.state, s.records, s.rejected
from raw_state s
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
where s.tenant_id = $1::uuid and s.feed = $2 and (s.rejected > 0 or s.state in ('HELD', 'REJECTED', 'QUARANTINED'))
order by s.received_at desc
limit 50;
