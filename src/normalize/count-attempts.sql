-- Counts a failed try of payloads; with the last one they are set aside so that they no longer hold up the others.
-- Served by the primary key of raw_state.
update raw_state s set attempts = s.attempts + 1,
  state = case when s.attempts + 1 >= $3::int then 'QUARANTINED' else s.state end,
  processed_at = case when s.attempts + 1 >= $3::int then $4::timestamptz end
where s.tenant_id = $1::uuid and s.raw_id = any($2::uuid[]) and s.state = 'PENDING'
returning s.raw_id as "rawId", s.state
