-- Ids of the encounters that orders name by visit number.
-- Served by encounter_visit.
select e.id, x."sourceSystem", x.key
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select e.id from encounter e
  where e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.visit_number = x.key
  offset 0
) e
