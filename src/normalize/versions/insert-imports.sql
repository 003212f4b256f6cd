-- Files of master or reference data that must be counted.
-- Served by data_import_file.
insert into data_import (tenant_id, id, raw_id, kind, feed, received_at, rows, added, changed, ended, unchanged, waiting)
select $1::uuid, x.id, x."rawId", x.kind, x.feed, x."receivedAt", 0, 0, 0, 0, 0, true
from json_to_recordset($2::text::json) as x(id uuid, "rawId" uuid, kind text, feed text, "receivedAt" timestamptz)
on conflict (tenant_id, raw_id, kind) do update set waiting = true
