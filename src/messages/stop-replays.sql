-- Stops a replay, or all that run; answers those that ran.
-- Served by message_replay_running.
update message_replay r set state = 'STOPPED', ended_at = $3::timestamptz
where r.tenant_id = $1::uuid and r.state = 'RUNNING' and ($2::uuid is null or r.id = $2::uuid)
returning r.id, r.done, r.total
