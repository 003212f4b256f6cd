-- All statements of some kinds about some keys, whichever payload brought them.
-- Served by the primary key of ehr_event.
select x."sourceSystem", x.key, e.body, e."rawId", e.position
from json_to_recordset($2::text::json) as x("sourceSystem" text, key text)
cross join lateral (
  select e.body, e.raw_id as "rawId", e.position
  from ehr_event e
  where e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.kind = any ($3::text[]) and e.key = x.key
  offset 0
) e
