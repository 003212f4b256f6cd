-- One outbound file as it stands, without the bytes.
-- Served by outbound_file's primary key.
select f.feed, f.name, f.state from outbound_file f where f.tenant_id = $1::uuid and f.id = $2::uuid;
