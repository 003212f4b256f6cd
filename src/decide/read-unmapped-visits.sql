-- Of the given visits, or of all, those that happened somewhere the crosswalk does not know: not cancelled nor merged, with a start, without a site (12.33).
-- Served by encounter's primary key, encounter_unmapped.
select e.id, coalesce(e.facility, '') as "facility", coalesce(e.location, '') as "location"
from encounter e
where e.tenant_id = $1::uuid and ($2::uuid[] is null or e.id = any ($2::uuid[]))
  and e.site_id340b is null and e.start_date is not null and e.status not in ('CANCELLED', 'DELETED', 'MERGED')
