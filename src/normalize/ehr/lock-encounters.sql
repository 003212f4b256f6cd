-- Locks the encounters of a batch, in the order given, and reads them: whoever folds the same visit waits, then sees our statements.
-- Served by encounter_visit.
select held.*
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select e.id, e.source_system as "sourceSystem", e.visit_number as key, e.patient_id as "patientId", e.class, e.status,
    e.started_at as "startedAt", e.start_date as "startDate", e.started_at_text as "startedAtText", e.ended_at as "endedAt",
    e.facility, e.location, e.attending_npi as "attendingNpi", e.account, e.history, e.sources, e.raw_id as "rawId", e.position
  from encounter e
  where e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.visit_number = x.key
  offset 0
  for no key update
) held
