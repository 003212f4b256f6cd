-- Writes what the statements about some visits add up to, with the site by the crosswalk row in force on the start date (12.24).
-- Served by the primary key of encounter, location_crosswalk_current.
update encounter e set patient_id = x."patientId", class = x.class, status = x.status, started_at = x."startedAt",
  start_date = x."startDate", started_at_text = x."startedAtText", ended_at = x."endedAt", facility = x.facility,
  location = x.location, attending_npi = x."attendingNpi", raw_id = x."rawId", position = x.position,
  site_id340b = (
    select c.site from location_crosswalk c
    where c.tenant_id = $1::uuid and c.known_to is null and c.facility = coalesce(x.facility, '')
      and c.location = coalesce(x.location, '')
      and coalesce(c.valid_from, '-infinity') <= x."startDate" and coalesce(c.valid_to, 'infinity') >= x."startDate"
    order by c.valid_from desc nulls last
    limit 1)
from json_to_recordset($2::text::json) as x(id uuid, "patientId" uuid, class text, status text, "startedAt" timestamptz,
  "startDate" date, "startedAtText" text, "endedAt" timestamptz, facility text, location text, "attendingNpi" text,
  "rawId" uuid, position text)
where e.tenant_id = $1::uuid and e.id = x.id
