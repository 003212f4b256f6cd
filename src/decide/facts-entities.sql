-- The tenant's parent entities with every 340B ID of their families as OPAIS has it now.
-- Served by covered_entity_current, covered_entity_family, tenant_entity's primary key.
select e.id340b as "entity", c.id, c.id340b, c.entity_type as "entityType", c.participating,
  c.start_date as "startDate", c.termination_date as "terminationDate"
from tenant_entity e
left join covered_entity c on c.known_to is null and (c.parent340b = e.id340b or c.id340b = e.id340b)
where e.tenant_id = $1::uuid
order by e.id340b, c.id340b
