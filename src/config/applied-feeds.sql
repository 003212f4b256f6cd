-- The feeds of a tenant with their declarations as last applied.
-- Served by feed's primary key.
select f.name, f.declared from feed f where f.tenant_id = $1::uuid order by f.name;
