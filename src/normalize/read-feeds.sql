-- How each feed of the tenant is to be read.
-- Served by the primary key of feed.
select name, format, transport, source_system as "sourceSystem", zone, options from feed where tenant_id = $1::uuid
