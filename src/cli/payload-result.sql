-- What became of one payload.
-- Served by raw_state's primary key.
select s.state, s.records, s.accepted, s.rejected, s.duplicate, s.ignored
from raw_state s where s.tenant_id = $1::uuid and s.raw_id = $2::uuid;
