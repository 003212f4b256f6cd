-- Tells the later stages what came or changed: $2 ids, $3 kinds, $4 keys (one, or several with a new line between them), $5 whether several, $6 files.
-- Served by the primary key of change.
insert into change (tenant_id, id, kind, keys, raw_id)
select $1::uuid, x.id, x.kind, case when x.several then string_to_array(x.keys, E'\n') else array[x.keys] end, x.raw_id
from unnest($2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::uuid[]) as x (id, kind, keys, several, raw_id)
