-- Hubs that listen for the tenant's feeds, and those that did in the last day, with their senders.
-- Served by feed_listener_seen, feed_sender_listener.
select l.feed, l.hub, l.port, l.started_at as "startedAt", l.seen_at as "seenAt",
  l.seen_at > $2::timestamptz - interval '30 seconds' as live, l.connections, l.messages, l.bytes,
  l.broken_frames as "brokenFrames", l.refusals, l.certificate_ends_at as "certificateEndsAt",
  l.certificate_problem as "certificateProblem",
  coalesce((
    select json_agg(json_build_object('sender', s.sender, 'connections', s.connections, 'since', s.since,
      'lastMessageAt', s.last_message_at, 'messages', s.messages, 'bytes', s.bytes, 'refused', s.refused) order by s.sender)
    from feed_sender s
    where s.tenant_id = $1::uuid and s.listener_id = l.id), '[]') as senders
from feed_listener l
where l.tenant_id = $1::uuid and l.seen_at > $2::timestamptz - interval '1 day'
order by l.feed, l.started_at, l.hub
