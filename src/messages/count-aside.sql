-- How many messages a replay would put back, by state and feed.
-- Served by raw_state_aside.
select s.feed, s.state, count(*)::int as count
from raw_state s
where s.tenant_id = $1::uuid and s.state = any($2::text[]) and s.state in ('HELD', 'REJECTED', 'QUARANTINED')
  and ($3::text is null or s.feed = $3::text)
  and ($4::timestamptz is null or s.received_at >= $4::timestamptz) and s.received_at < $5::timestamptz
group by s.feed, s.state
order by s.feed, s.state
