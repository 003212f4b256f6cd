-- Outbound files by feed and state, and how many of those at their partner are not acknowledged though that is expected.
-- Served by outbound_file_state, outbound_file_unacknowledged.
select f.feed, f.state, count(*)::int as count, null::int as unacknowledged
from outbound_file f
where f.tenant_id = $1::uuid
group by f.feed, f.state
union all
select f.feed, 'SENT', 0, count(*)::int
from outbound_file f
where f.tenant_id = $1::uuid and f.expects_acknowledgement and f.acknowledged_at is null and f.state = 'SENT'
group by f.feed
