-- Listeners of hubs that have been gone for long, with their senders.
-- Served by feed_listener_seen, feed_sender_listener.
with gone as (
  delete from feed_listener l where l.tenant_id = $1::uuid and l.seen_at < $2::timestamptz
  returning l.id
)
delete from feed_sender s
using gone
where s.tenant_id = $1::uuid and s.listener_id = gone.id
