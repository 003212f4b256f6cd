-- Large files that wait or are being read, oldest first, with how far they have come.
-- Served by raw_state_pending_files, the primary key of raw_message.
select s.raw_id as "rawId", s.month, s.feed, s.received_at as "receivedAt", s.attempts, s.records, m.name,
  m.control_id as "controlId", m.sha256, m.size_bytes as "sizeBytes"
from (
  select s.raw_id, s.month, s.feed, s.received_at, s.attempts, s.records
  from raw_state s
  where s.tenant_id = $1::uuid and s.state = 'PENDING' and s.parts > 0
  order by s.raw_id
  limit $2::int
) s
cross join lateral (
  select m.name, m.control_id, m.sha256, m.size_bytes
  from raw_message m
  where m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
  offset 0
) m
order by s.raw_id
