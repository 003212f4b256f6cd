-- Stores some pieces of a large file; nobody sees them before its raw message is stored.
-- Served by raw_chunk's primary key.
insert into raw_chunk (tenant_id, month, raw_id, part, sha256, size_bytes, bytes)
select $1::uuid, $2::date, $3::uuid, c.part, sha256(c.bytes), c.size_bytes, c.bytes
from unnest($4::int[], $5::int[], $6::bytea[]) as c (part, size_bytes, bytes)
