-- Roster rows of the given prescribers.
-- Served by prescriber_affiliation_current.
select a.id, a.npi, a.entity, a.affiliation, a.valid_from as "from", a.valid_to as "to"
from prescriber_affiliation a
where a.tenant_id = $1::uuid and a.known_to is null and a.npi = any ($2::text[])
order by a.npi, a.entity, a.valid_from
