-- Tells the later stages what came or changed.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, key)
select $1::uuid, x.id, x.kind, x.key from unnest($2::uuid[], $3::text[], $4::text[]) as x (id, kind, key)
