-- Keeps the statements of a batch about patients, visits and orders; one that is there already stays as it is.
-- Served by the primary key of ehr_event.
insert into ehr_event (tenant_id, source_system, kind, key, event_at, control_id, trigger, received_at, body, raw_id, position)
select $1::uuid, x."sourceSystem", x.kind, x.key, x."eventAt", x."controlId", x.trigger, x."receivedAt", x.body, x."rawId", x.position
from json_to_recordset($2::text::json) as x(
  "sourceSystem" text, kind text, key text, "eventAt" timestamptz, "controlId" text, trigger text, "receivedAt" timestamptz,
  body jsonb, "rawId" uuid, position text)
on conflict do nothing
