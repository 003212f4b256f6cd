-- A piece of a large file.
-- Served by raw_chunk's primary key.
select c.bytes from raw_chunk c where c.tenant_id = $1::uuid and c.month = $2::date and c.raw_id = $3::uuid and c.part = $4::int
