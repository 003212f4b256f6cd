-- Senders of a hub's listener whose figures have changed.
-- Served by the primary key of feed_sender.
insert into feed_sender (tenant_id, id, listener_id, feed, sender, connections, since, last_message_at, messages, bytes, refused)
select $1::uuid, x.id, x.listener_id, x.feed, x.sender, x.connections, x.since, x.last_message_at, x.messages, x.bytes, x.refused
from json_to_recordset($2::text::json) as x(id uuid, listener_id uuid, feed text, sender text, connections integer,
  since timestamptz, last_message_at timestamptz, messages bigint, bytes bigint, refused bigint)
on conflict (tenant_id, id) do update set connections = excluded.connections, since = excluded.since,
  last_message_at = excluded.last_message_at, messages = excluded.messages, bytes = excluded.bytes, refused = excluded.refused
