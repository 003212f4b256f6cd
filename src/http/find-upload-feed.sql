-- The feed that a file is uploaded to, as far as the upload has to know it.
-- Served by feed's primary key.
select f.transport, f.paused from feed f where f.tenant_id = $1::uuid and f.name = $2;
