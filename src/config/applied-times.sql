-- When each feed of a tenant was applied: asked every few seconds by a running hub, which takes over what has changed.
-- Served by feed's primary key.
select f.name, f.applied_at as "appliedAt" from feed f where f.tenant_id = $1::uuid order by f.name;
