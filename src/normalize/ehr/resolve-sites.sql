-- Gives the encounters at some places the site of the crosswalk row in force on their start date (12.24).
-- Served by encounter_location, location_crosswalk_current, encounter's primary key.
with place as (
  select distinct x.facility, x.location from json_to_recordset($2::text::json) as x(facility text, location text)
), found as (
  select e.id from place join encounter e
    on e.tenant_id = $1::uuid and e.facility = place.facility and e.location = place.location
  union
  select e.id from place join encounter e
    on e.tenant_id = $1::uuid and (e.facility is null or e.location is null)
      and coalesce(e.facility, '') = place.facility and coalesce(e.location, '') = place.location
), sited as (
  select e.id, (
    select c.site from location_crosswalk c
    where c.tenant_id = $1::uuid and c.known_to is null and c.facility = coalesce(e.facility, '')
      and c.location = coalesce(e.location, '')
      and coalesce(c.valid_from, '-infinity') <= e.start_date and coalesce(c.valid_to, 'infinity') >= e.start_date
    order by c.valid_from desc nulls last
    limit 1) as site
  from found join encounter e on e.tenant_id = $1::uuid and e.id = found.id
)
update encounter e set site_id340b = s.site
from sited s
where e.tenant_id = $1::uuid and e.id = s.id and e.site_id340b is distinct from s.site
