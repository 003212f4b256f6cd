-- Ids of the encounters that orders name by visit number.
-- Served by encounter_visit.
select e.id, e.source_system as "sourceSystem", e.visit_number as key
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
join encounter e on e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.visit_number = x.key
