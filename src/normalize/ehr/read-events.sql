-- All statements of one kind about some keys, whichever payload brought them.
-- Served by the primary key of ehr_event.
select e.source_system as "sourceSystem", e.key, e.body, e.raw_id as "rawId", e.position
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
join ehr_event e on e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.kind = $3::text and e.key = x.key
