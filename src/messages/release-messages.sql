-- Puts messages back to be normalized, as if they had never been tried.
-- Served by raw_state's primary key.
update raw_state s set state = 'PENDING', attempts = 0, records = 0, accepted = 0, rejected = 0, duplicate = 0, ignored = 0,
  processed_at = null
where s.tenant_id = $1::uuid and s.raw_id = any($2::uuid[])
