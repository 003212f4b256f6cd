-- The next messages of a replay, held.
-- Served by raw_state_aside.
select s.raw_id as "rawId"
from raw_state s
where s.tenant_id = $1::uuid and s.state = any($2::text[]) and s.state in ('HELD', 'REJECTED', 'QUARANTINED')
  and ($3::text is null or s.feed = $3::text)
  and ($4::timestamptz is null or s.received_at >= $4::timestamptz) and s.received_at < $5::timestamptz
  and ($6::uuid is null or s.raw_id > $6::uuid)
order by s.raw_id
limit $7::int
for no key update
