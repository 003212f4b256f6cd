-- Keeps what could not be read, with field and position.
-- Served by record_error_place.
insert into record_error (tenant_id, id, feed, ordinal, field, message, original, accepted, raw_id, position)
select $1::uuid, x.id, x.feed, x.ordinal, x.field, x.message, x.original, x.accepted, x."rawId", x.position
from json_to_recordset($2::text::json) as x(id uuid, feed text, ordinal int, field text, message text, original text,
  accepted boolean, "rawId" uuid, position text)
on conflict do nothing
