-- Pharmacies that have these NPIs now; of several with one NPI the lowest NCPDP id.
-- Served by pharmacy_npi.
select p.npi, min(p.ncpdp collate "C") as ncpdp
from pharmacy p
where p.tenant_id = $1::uuid and p.npi = any($2::text[]) and p.known_to is null
group by p.npi
