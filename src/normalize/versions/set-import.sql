-- What a file changed; in other tenants, the row of a public file may be new.
-- Served by data_import_file.
insert into data_import (tenant_id, id, raw_id, kind, feed, received_at, rows, added, changed, ended, unchanged, waiting)
select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::timestamptz, $7::integer, $8::integer, $9::integer, $10::integer,
  $11::integer, false
on conflict (tenant_id, raw_id, kind) do update set rows = excluded.rows, added = excluded.added, changed = excluded.changed,
  ended = excluded.ended, unchanged = excluded.unchanged, waiting = false
