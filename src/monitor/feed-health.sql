-- Every feed of the tenant with its last receipt, its promise and its counts.
-- Served by raw_state_feed, feed_listener_feed.
select f.name, f.kind, f.format, f.transport,
  case when f.paused then 'PAUSED'
    when s.quarantined > 0 then 'FAILING'
    when s.last_received_at is null then 'SILENT'
    when f.error_after_seconds is not null and $2::timestamptz - s.last_received_at > make_interval(secs => f.error_after_seconds) then 'SILENT'
    when f.warn_after_seconds is not null and $2::timestamptz - s.last_received_at > make_interval(secs => f.warn_after_seconds) then 'LATE'
    else 'FRESH' end as health,
  s.last_received_at as "lastReceivedAt",
  greatest(0, floor(extract(epoch from $2::timestamptz - s.last_received_at)))::int as "lagSeconds",
  coalesce(f.error_after_seconds, f.warn_after_seconds) as "slaSeconds",
  s.payloads::int as payloads, s.waiting::int as waiting, s.records::int as records, s.accepted::int as accepted,
  s.rejected::int as rejected, s.duplicate::int as duplicate, s.ignored::int as ignored, l.connections
from feed f
left join lateral (
  select max(r.received_at) as last_received_at, count(*) as payloads, count(*) filter (where r.state = 'PENDING') as waiting,
    count(*) filter (where r.state = 'QUARANTINED') as quarantined, coalesce(sum(r.records), 0) as records,
    coalesce(sum(r.accepted), 0) as accepted, coalesce(sum(r.rejected), 0) as rejected,
    coalesce(sum(r.duplicate), 0) as duplicate, coalesce(sum(r.ignored), 0) as ignored
  from raw_state r
  where r.tenant_id = $1::uuid and r.feed = f.name
) s on true
left join lateral (
  select sum(c.connections)::int as connections
  from feed_listener c
  where c.tenant_id = $1::uuid and c.feed = f.name and c.seen_at > $2::timestamptz - interval '30 seconds'
) l on true
where f.tenant_id = $1::uuid
order by f.name;
