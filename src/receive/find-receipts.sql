-- The raw messages of deliveries that were stored before: earlier, beside them in the same batch, or by another process meanwhile.
-- Served by raw_receipt's primary key (tenant, feed, control id, sha-256).
select d.delivered_id as "deliveredId", r.raw_id as "rawId"
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as d (delivered_id, feed, control_id, sha256)
join raw_receipt r on r.tenant_id = $1::uuid and r.feed = d.feed and r.control_id = d.control_id and r.sha256 = d.sha256;
