-- Files received after these, of the same kind: what was known before them is another now.
-- Served by data_import_received.
update data_import d set waiting = true
from (
  select x.kind, min(x."receivedAt") as since
  from json_to_recordset($2::text::json) as x(kind text, "receivedAt" timestamptz)
  group by x.kind
) x
where d.tenant_id = $1::uuid and d.received_at >= x.since and d.kind = x.kind and not d.waiting
