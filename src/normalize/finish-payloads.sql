-- Says what became of payloads and of their records (law L3).
-- Served by the primary key of raw_state.
update raw_state s set state = x.state, records = x.records, accepted = x.accepted, rejected = x.rejected,
  duplicate = x.duplicate, ignored = x.ignored, processed_at = $3::timestamptz
from json_to_recordset($2::text::json) as x("rawId" uuid, state text, records int, accepted int, rejected int, duplicate int, ignored int)
where s.tenant_id = $1::uuid and s.raw_id = x."rawId"
