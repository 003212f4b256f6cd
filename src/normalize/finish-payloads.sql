-- Says what became of payloads and of their records (law L3); each row is there and locked, so every insert meets it.
-- Served by the primary key of raw_state.
insert into raw_state (tenant_id, raw_id, month, feed, received_at, state, records, accepted, rejected, duplicate, ignored,
  processed_at)
select $1::uuid, x."rawId", x.month, x.feed, x."receivedAt", x.state, x.records, x.accepted, x.rejected, x.duplicate, x.ignored,
  $3::timestamptz
from json_to_recordset($2::text::json) as x("rawId" uuid, month date, feed text, "receivedAt" timestamptz, state text, records int,
  accepted int, rejected int, duplicate int, ignored int)
on conflict (tenant_id, raw_id) do update set state = excluded.state, records = excluded.records, accepted = excluded.accepted,
  rejected = excluded.rejected, duplicate = excluded.duplicate, ignored = excluded.ignored, processed_at = excluded.processed_at
