-- Makes sure that a row exists for every patient a batch speaks of, so that it can be locked; answers the new ones.
-- Served by patient_key.
insert into patient (tenant_id, id, source_system, key, raw_id, position)
select $1::uuid, x.id, x."sourceSystem", x.key, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, "rawId" uuid, position text)
order by x."sourceSystem" collate "C", x.key collate "C"
on conflict (tenant_id, source_system, key) do nothing
returning id
