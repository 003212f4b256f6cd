-- Tells the later stages what came or changed.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, key, raw_id)
select $1::uuid, x.id, x.kind, x.key, x.raw_id from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) as x (id, kind, key, raw_id)
