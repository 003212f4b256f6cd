-- Prescribers and 340B IDs whose roster rows overlap; of the given prescribers, or of all (12.27). A row that ends before it starts covers nothing.
-- Served by prescriber_affiliation_current.
select distinct a.npi, a.entity
from prescriber_affiliation a
join prescriber_affiliation b on b.tenant_id = $1::uuid and (b.known_to is null or b.ended_on is not null)
  and b.npi = a.npi and b.entity = a.entity and b.id <> a.id
where a.tenant_id = $1::uuid and (a.known_to is null or a.ended_on is not null) and ($2::text[] is null or a.npi = any ($2::text[]))
  and coalesce(a.valid_from, '-infinity') <= coalesce(least(a.valid_to, a.ended_on), 'infinity')
  and coalesce(b.valid_from, '-infinity') <= coalesce(least(b.valid_to, b.ended_on), 'infinity')
  and coalesce(a.valid_from, '-infinity') <= coalesce(least(b.valid_to, b.ended_on), 'infinity')
  and coalesce(b.valid_from, '-infinity') <= coalesce(least(a.valid_to, a.ended_on), 'infinity')
