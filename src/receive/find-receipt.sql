-- The raw message of a delivery that was stored by another, in the same batch or in another process, while it was on its way.
-- Served by raw_receipt's primary key (tenant, feed, control id, sha-256).
select r.raw_id as "rawId"
from raw_receipt r
where r.tenant_id = $1::uuid and r.feed = $2::text and r.control_id = $3::text and r.sha256 = $4::text;
