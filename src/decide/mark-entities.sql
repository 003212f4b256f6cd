-- OPAIS rows, contract pharmacies or MEF rows came or changed: claims at the pharmacies that the families of these 340B IDs are or were arranged with,
-- claims at pharmacies arranged with none of the tenant's families (all are candidates there, 12.1), and Medicaid fills (a quarter may now be loaded).
-- Served by tenant_entity's primary key, pharmacy_version, contract_pharmacy_version, claim_transaction_rx, dispense_identity.
with families as (
  -- All versions count: a site that moved, a registration that is gone.
  select e.id340b as parent, c.id340b
  from tenant_entity e
  join covered_entity c on c.parent340b = e.id340b or c.id340b = e.id340b
  where e.tenant_id = $1::uuid
  union
  select e.id340b, e.id340b from tenant_entity e where e.tenant_id = $1::uuid
), touched as (
  select m.id340b from families m where m.parent in (select f.parent from families f where f.id340b = any ($2::text[]))
), arranged as (
  select p.ncpdp, a.id340b
  from pharmacy p
  join contract_pharmacy a on a.opais_pharmacy_id = p.opais_pharmacy_id
  where p.tenant_id = $1::uuid and p.opais_pharmacy_id <> '' and a.id340b in (select f.id340b from families f)
  union
  select p.ncpdp, p.in_house_of from pharmacy p where p.tenant_id = $1::uuid and p.in_house_of <> ''
), places as (
  select a.ncpdp from arranged a where a.id340b in (select t.id340b from touched t)
  union
  select d.ncpdp
  from (select distinct x.ncpdp from dispense x where x.tenant_id = $1::uuid) d
  where d.ncpdp not in (select a.ncpdp from arranged a) and exists (select from touched)
)
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select $1::uuid, k.ncpdp, k.rx_number, 'ENTITY'
from (
  select c.ncpdp, c.rx_number
  from places p
  join claim_transaction c on c.tenant_id = $1::uuid and c.ncpdp = p.ncpdp
  union
  select d.ncpdp, d.rx_number from dispense d where d.tenant_id = $1::uuid and d.plan_type = 'MEDICAID_FFS'
) k
order by k.ncpdp, k.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
