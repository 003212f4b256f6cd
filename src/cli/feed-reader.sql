-- What reading the files of one feed takes.
-- Served by feed's primary key.
select f.name, f.format, f.zone, f.options from feed f where f.tenant_id = $1::uuid and f.name = $2;
