-- Gives the encounters at some places the site of the crosswalk row in force on their start date (12.24).
-- Served by encounter_location, location_crosswalk_current, encounter's primary key.
with place as (
  select distinct x.facility, x.location from json_to_recordset($2::text::json) as x(facility text, location text)
), found as (
  select e.* from place cross join lateral (
    select e.id, e.facility, e.location, e.start_date, e.site_id340b
    from encounter e
    where e.tenant_id = $1::uuid and e.facility = place.facility and e.location = place.location
    offset 0
  ) e
  union all
  -- A place without facility or location is '' in the crosswalk.
  select e.id, e.facility, e.location, e.start_date, e.site_id340b
  from encounter e
  where e.tenant_id = $1::uuid and (e.facility is null or e.location is null)
    and (coalesce(e.facility, ''), coalesce(e.location, '')) in (select place.facility, place.location from place)
), sited as (
  select f.id, f.site_id340b as before, (
    select c.site from location_crosswalk c
    where c.tenant_id = $1::uuid and (c.known_to is null or c.ended_on is not null) and c.facility = coalesce(f.facility, '')
      and c.location = coalesce(f.location, '')
      and coalesce(c.valid_from, '-infinity') <= f.start_date and coalesce(least(c.valid_to, c.ended_on), 'infinity') >= f.start_date
    order by c.valid_from desc nulls last
    limit 1) as site
  from found f
)
update encounter e set site_id340b = s.site
from sited s
where e.tenant_id = $1::uuid and e.id = s.id and s.before is distinct from s.site
