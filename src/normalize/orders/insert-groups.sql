-- Groups that wait for their 997.
-- Served by edi_group's primary key.
insert into edi_group (tenant_id, raw_id, position, feed, received_at, partner, functional_code, control_number, body, state)
select $1::uuid, x."rawId", x.position, x.feed, x."receivedAt", x.partner, x."functionalCode", x."controlNumber", x.body, 'WAITING'
from json_to_recordset($2::text::json) as x("rawId" uuid, position text, feed text, "receivedAt" timestamptz, partner text,
  "functionalCode" text, "controlNumber" text, body jsonb)
on conflict do nothing
