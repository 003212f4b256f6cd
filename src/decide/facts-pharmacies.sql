-- The given pharmacies as the tenant's master data knows them.
-- Served by pharmacy_current.
select p.id, p.ncpdp, p.state, p.in_house_of as "inHouseOf", p.in_house_from as "inHouseFrom",
  p.carve_in_reported_for as "carveInReportedFor"
from pharmacy p
where p.tenant_id = $1::uuid and p.known_to is null and p.ncpdp = any ($2::text[])
