-- Files sent whose acknowledgement has come, or has not come in time and nothing says so yet; those that another worker holds are left to it.
-- Served by outbound_file_unacknowledged, edi_acknowledgement_version, exception_cause_source, the primary key of feed.
select f.id, f.feed, f.partner, f.functional_code as "functionalCode", f.control_number as "controlNumber",
  w.acknowledged_within_seconds as "withinSeconds",
  (select min(a.received_at) from edi_acknowledgement a
   where a.tenant_id = $1::uuid and a.partner = f.partner and a.control_number = f.control_number
     and a.functional_code = f.functional_code and a.kind in ('997', '999')) as "acknowledgedAt"
from outbound_file f
join feed w on w.tenant_id = $1::uuid and w.name = f.feed
where f.tenant_id = $1::uuid and f.expects_acknowledgement and f.acknowledged_at is null and f.state = 'SENT'
  and (exists (
      select 1 from edi_acknowledgement a
      where a.tenant_id = $1::uuid and a.partner = f.partner and a.control_number = f.control_number
        and a.functional_code = f.functional_code and a.kind in ('997', '999'))
    or (f.sent_at + make_interval(secs => w.acknowledged_within_seconds) <= $2::timestamptz
      and not exists (select 1 from exception_cause c where c.tenant_id = $1::uuid and c.source = 'outbound:' || f.id)))
order by f.id
limit $3::int
for no key update of f skip locked
