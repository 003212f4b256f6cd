-- Tells the later stages what came or changed.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, key, raw_id)
select $1::uuid, x.id, x.kind, x.key, x."rawId" from json_to_recordset($2::text::json) as x(id uuid, kind text, key text, "rawId" uuid)
