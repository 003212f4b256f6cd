-- Visits at the given locations (facility|location as in the crosswalk).
-- Served by encounter_location.
select e.id
from unnest($2::text[]) as k (key)
join encounter e on e.tenant_id = $1::uuid and e.facility = split_part(k.key, '|', 1)
  and (e.location = substr(k.key, strpos(k.key, '|') + 1) or e.location is null and k.key like '%|')
union
select e.id
from unnest($2::text[]) as k (key)
join encounter e on e.tenant_id = $1::uuid and e.facility is null
  and coalesce(e.location, '') = substr(k.key, strpos(k.key, '|') + 1)
where k.key like '|%'
