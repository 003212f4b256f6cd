-- Contract pharmacies of the tenant's families that no pharmacy row names by its OPAIS id (MASTER-DATA.md).
-- Served by covered_entity_family, contract_pharmacy_current, pharmacy_opais, tenant_entity's primary key.
select distinct e.id340b as "entity", a.opais_pharmacy_id as "opaisPharmacyId"
from tenant_entity e
join covered_entity c on c.known_to is null and (c.parent340b = e.id340b or c.id340b = e.id340b)
join contract_pharmacy a on a.known_to is null and a.id340b = c.id340b
where e.tenant_id = $1::uuid
  and not exists (
    select from pharmacy p
    where p.tenant_id = $1::uuid and p.known_to is null and p.opais_pharmacy_id = a.opais_pharmacy_id)
