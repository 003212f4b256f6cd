-- Makes sure that a row exists for all consult notes a batch speaks of, so that it can be locked; answers the new ones.
-- Served by consult_note_number.
insert into consult_note (tenant_id, id, source_system, number, status, raw_id, position)
select $1::uuid, x.id, x."sourceSystem", x.key, 'ACTIVE', x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, "sourceSystem" text, key text, "rawId" uuid, position text)
order by x."sourceSystem" collate "C", x.key collate "C"
on conflict (tenant_id, source_system, number) do nothing
returning id
