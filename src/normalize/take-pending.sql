-- The oldest payloads that wait to be normalized, locked; those that another worker holds are left to it.
-- Served by raw_state_pending, the primary key of raw_message.
select s.raw_id as "rawId", s.feed, s.received_at as "receivedAt", s.attempts, m.name, m.control_id as "controlId", m.sha256,
  m.size_bytes as "sizeBytes"
from raw_state s
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
where s.tenant_id = $1::uuid and s.state = 'PENDING'
order by s.raw_id
limit $2::int
for no key update of s skip locked
