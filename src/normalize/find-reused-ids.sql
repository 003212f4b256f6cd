-- Messages whose control id their feed had used before for other content: all of one control id but the first received and those replaced.
-- Served by raw_receipt's primary key (tenant, feed, control id, sha-256), message_edit's primary key.
select x.feed, x."controlId", r."rawId"
from json_to_recordset($2::text::json) as x(feed text, "controlId" text)
cross join lateral (
  select r.raw_id as "rawId"
  from raw_receipt r
  where r.tenant_id = $1::uuid and r.feed = x.feed and r.control_id = x."controlId"
  order by r.received_at, r.raw_id
  offset 1
) r
where not exists (select 1 from message_edit e where e.tenant_id = $1::uuid and e.original_id = r."rawId")
