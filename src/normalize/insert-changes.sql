-- Tells the later stages what came or changed.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, key)
select $1::uuid, x.id, x.kind, x.key from json_to_recordset($2::text::json) as x(id uuid, kind text, key text)
