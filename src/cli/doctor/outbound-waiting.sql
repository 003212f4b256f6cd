-- How many outbound files of each feed are not at their partner, by state.
-- Served by outbound_file_name.
select f.feed, f.state, count(*)::int as count
from outbound_file f
where f.tenant_id = $1::uuid and f.state in ('QUEUED', 'UNCERTAIN', 'FAILED')
group by f.feed, f.state
order by f.feed, f.state;
