-- Locks a large file for its next portion, if it still stands where this worker has read to and no other worker holds it.
-- Served by the primary key of raw_state.
select 1 from raw_state s
where s.tenant_id = $1::uuid and s.raw_id = $2::uuid and s.state = 'PENDING' and s.records = $3::int
for no key update skip locked
