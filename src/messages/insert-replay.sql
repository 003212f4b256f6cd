-- Asks for a replay; the stage does it.
-- Served by message_replay's primary key.
insert into message_replay (tenant_id, id, states, feed, since, until, total, started_at, started_by, reason, state, ended_at)
values ($1::uuid, $2::uuid, $3::text[], $4::text, $5::timestamptz, $6::timestamptz, $7::int, $8::timestamptz, $9::text, $10::text,
  case when $7::int = 0 then 'DONE' else 'RUNNING' end, case when $7::int = 0 then $8::timestamptz end)
