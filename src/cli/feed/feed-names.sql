-- Names of the tenant's feeds.
-- Served by feed's primary key.
select f.name from feed f where f.tenant_id = $1::uuid order by f.name;
