-- Ids of the patients that visits and orders name by key.
-- Served by patient_key.
select p.id, x."sourceSystem", x.key
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select p.id from patient p where p.tenant_id = $1::uuid and p.source_system = x."sourceSystem" and p.key = x.key offset 0
) p
