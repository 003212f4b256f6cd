-- Writes what the statements about some visits add up to, with the site by the crosswalk row in force on the start date (12.24).
-- Served by the primary key of encounter, location_crosswalk_current.
insert into encounter (tenant_id, id, source_system, visit_number, patient_id, class, status, started_at, start_date,
  started_at_text, ended_at, facility, location, attending_npi, account, history, sources, raw_id, position, site_id340b)
select $1::uuid, x.id, x."sourceSystem", x.key, x."patientId", x.class, x.status, x."startedAt", x."startDate",
  x."startedAtText", x."endedAt", x.facility, x.location, x."attendingNpi", x.account, x.history, x.sources, x."rawId", x.position, (
    select c.site from location_crosswalk c
    where c.tenant_id = $1::uuid and (c.known_to is null or c.ended_on is not null) and c.facility = coalesce(x.facility, '')
      and c.location = coalesce(x.location, '')
      and coalesce(c.valid_from, '-infinity') <= x."startDate" and coalesce(least(c.valid_to, c.ended_on), 'infinity') >= x."startDate"
    order by c.valid_from desc nulls last
    limit 1)
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, "patientId" uuid, class text, status text,
  "startedAt" timestamptz, "startDate" date, "startedAtText" text, "endedAt" timestamptz, facility text, location text,
  "attendingNpi" text, account text, history jsonb, sources jsonb, "rawId" uuid, position text)
on conflict (tenant_id, id) do update set patient_id = excluded.patient_id, class = excluded.class, status = excluded.status,
  started_at = excluded.started_at, start_date = excluded.start_date, started_at_text = excluded.started_at_text,
  ended_at = excluded.ended_at, facility = excluded.facility, location = excluded.location,
  attending_npi = excluded.attending_npi, account = excluded.account, history = excluded.history, sources = excluded.sources,
  raw_id = excluded.raw_id, position = excluded.position,
  site_id340b = excluded.site_id340b
