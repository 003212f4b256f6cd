-- Says how far a replay has come; one that somebody stopped stays stopped.
-- Served by message_replay's primary key.
update message_replay r set done = r.done + $3::int, last_id = coalesce($4::uuid, r.last_id),
  state = case when $5::boolean then 'DONE' else r.state end, ended_at = case when $5::boolean then $6::timestamptz else r.ended_at end
where r.tenant_id = $1::uuid and r.id = $2::uuid and r.state = 'RUNNING'
