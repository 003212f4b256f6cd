-- Roster rows of the given prescribers; one that a whole list does not name any more has ended with its receipt (12.27).
-- Served by prescriber_affiliation_current.
select a.id, a.npi, a.entity, a.affiliation, a.valid_from as "from", least(a.valid_to, a.ended_on) as "to"
from prescriber_affiliation a
where a.tenant_id = $1::uuid and (a.known_to is null or a.ended_on is not null) and a.npi = any ($2::text[])
order by a.npi, a.entity, a.valid_from
