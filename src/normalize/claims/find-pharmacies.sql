-- Pharmacies that have these NPIs now; of several with one NPI the lowest NCPDP id.
-- Served by pharmacy_npi.
select p.npi, min(p.ncpdp collate "C") as ncpdp
from json_array_elements_text($2::text::json) as x(npi)
join pharmacy p on p.tenant_id = $1::uuid and p.npi = x.npi and p.known_to is null
group by p.npi
