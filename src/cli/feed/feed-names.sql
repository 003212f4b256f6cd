-- The tenant's feeds, with what reading their files takes.
-- Served by feed's primary key.
select f.name, f.format, f.zone, f.options from feed f where f.tenant_id = $1::uuid order by f.name;
