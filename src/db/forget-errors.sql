-- Takes back what was said about payloads that are to be read again, or that another has taken the place of.
-- Served by record_error_place.
delete from record_error e where e.tenant_id = $1::uuid and e.raw_id = any($2::uuid[])
returning e.raw_id as "rawId", e.ordinal
