-- Takes back statements of payloads that were replaced: they stay, of a kind that nobody folds, for whoever asks whom they ever named.
-- Served by the primary key of ehr_event.
update ehr_event e set kind = 'WITHDRAWN_' || e.kind
from json_to_recordset($2::text::json) as x("sourceSystem" text, kind text, key text, "rawId" uuid)
where e.tenant_id = $1::uuid and e.source_system = x."sourceSystem" and e.kind = x.kind and e.key = x.key and e.raw_id = x."rawId"
returning x."sourceSystem", x.kind, e.key, e.raw_id as "rawId", e.position
