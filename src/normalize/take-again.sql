-- Payloads of a batch that failed, locked again for a smaller one, if they still wait.
-- Served by the primary key of raw_state, the primary key of raw_message.
-- Ids are read first (offset 0): under row-level security an index is not asked for a conversion, which might leak.
select s.raw_id as "rawId", s.feed, s.received_at as "receivedAt", s.attempts, m.name, m.control_id as "controlId", m.sha256,
  m.size_bytes as "sizeBytes"
from (select e.value::uuid as id from json_array_elements_text($2::text::json) as e offset 0) as x
join raw_state s on s.tenant_id = $1::uuid and s.raw_id = x.id
join raw_message m on m.tenant_id = $1::uuid and m.month = s.month and m.id = s.raw_id
where s.state = 'PENDING'
order by s.raw_id
for no key update of s skip locked
