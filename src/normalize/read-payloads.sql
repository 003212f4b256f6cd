-- The bytes of some payloads.
-- Served by the primary key of raw_message.
select m.id as "rawId", m.payload
from raw_message m
where m.tenant_id = $1::uuid and m.month = any($2::date[]) and m.id = any($3::uuid[])
