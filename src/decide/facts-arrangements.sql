-- Contract pharmacy registrations of the tenant's families with the given pharmacies, in force or not.
-- Served by pharmacy_current, contract_pharmacy_pharmacy, covered_entity_current, tenant_entity's primary key.
select p.ncpdp, e.id340b as "entity", a.id, a.id340b, a.begin_date as "from", a.termination_date as "termination"
from pharmacy p
join contract_pharmacy a on a.known_to is null and a.opais_pharmacy_id = p.opais_pharmacy_id
left join covered_entity c on c.known_to is null and c.id340b = a.id340b
join tenant_entity e on e.tenant_id = $1::uuid and (e.id340b = a.id340b or e.id340b = c.parent340b)
where p.tenant_id = $1::uuid and p.known_to is null and p.opais_pharmacy_id <> '' and p.ncpdp = any ($2::text[])
