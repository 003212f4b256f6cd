-- What a hub's listener knows of its feeds: the row is its own, written again and again.
-- Served by the primary key of feed_listener.
insert into feed_listener (tenant_id, id, feed, hub, port, started_at, seen_at, connections, messages, bytes, broken_frames,
  refusals, certificate_ends_at, certificate_problem)
select $1::uuid, x.id, x.feed, x.hub, x.port, x.started_at, x.seen_at, x.connections, x.messages, x.bytes, x.broken_frames,
  x.refusals, x.certificate_ends_at, x.certificate_problem
from json_to_recordset($2::text::json) as x(id uuid, feed text, hub text, port integer, started_at timestamptz,
  seen_at timestamptz, connections integer, messages bigint, bytes bigint, broken_frames bigint, refusals jsonb,
  certificate_ends_at timestamptz, certificate_problem text)
on conflict (tenant_id, id) do update set seen_at = excluded.seen_at, connections = excluded.connections,
  messages = excluded.messages, bytes = excluded.bytes, broken_frames = excluded.broken_frames, refusals = excluded.refusals,
  certificate_ends_at = excluded.certificate_ends_at, certificate_problem = excluded.certificate_problem
