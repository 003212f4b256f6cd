-- Ids of the patients that visits and orders name by key.
-- Served by patient_key.
select p.id, p.source_system as "sourceSystem", p.key
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
join patient p on p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.key = x.key
