-- How a replay stands.
-- Served by message_replay's primary key.
select r.id, r.state, r.total, r.done from message_replay r where r.tenant_id = $1::uuid and r.id = $2::uuid
