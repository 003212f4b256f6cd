-- Deletes the pieces of a file that broke off or is stored already.
-- Served by raw_chunk's primary key.
delete from raw_chunk where tenant_id = $1::uuid and month = $2::date and raw_id = $3::uuid
