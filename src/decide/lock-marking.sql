-- Lets one worker at a time mark for a tenant: what is recomputed as a whole (sites of visits, overlaps) needs one writer.
-- Served by tenant_entity's primary key.
select e.id340b from tenant_entity e
where e.tenant_id = $1::uuid
order by e.id340b
limit 1
for update
