-- Keeps acknowledgements of partners; the same content sent again only takes over an earlier receipt. Answers the ids written.
-- Served by edi_acknowledgement_version.
insert into edi_acknowledgement as a (tenant_id, id, partner, kind, functional_code, control_number, status, sets_included,
  sets_received, sets_accepted, notes, sets, created_at, feed, received_at, content_hash, raw_id, position)
select $1::uuid, x.id, x.partner, x.kind, x."functionalCode", x."controlNumber", x.status, x."setsIncluded", x."setsReceived",
  x."setsAccepted", x.notes, x.sets, x."createdAt", x.feed, x."receivedAt", x."contentHash", x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, partner text, kind text, "functionalCode" text, "controlNumber" text,
  status text, "setsIncluded" integer, "setsReceived" integer, "setsAccepted" integer, notes text[], sets jsonb,
  "createdAt" timestamptz, feed text, "receivedAt" timestamptz, "contentHash" text, "rawId" uuid, position text)
on conflict (tenant_id, partner, control_number, functional_code, kind, content_hash) do update set
  created_at = excluded.created_at, received_at = excluded.received_at, feed = excluded.feed, raw_id = excluded.raw_id,
  position = excluded.position
where (excluded.received_at, excluded.raw_id, excluded.position) < (a.received_at, a.raw_id, a.position)
returning a.id
