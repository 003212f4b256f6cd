-- Takes a file into the outbound queue; the same name with the same bytes is the same file. Answers its id and whether its bytes are these.
-- Served by outbound_file_name.
with made as (
  insert into outbound_file (tenant_id, id, feed, name, payload, sha256, size_bytes, state, created_at, created_by,
    partner, functional_code, control_number, expects_acknowledgement)
  select $1::uuid, $2::uuid, $3, $4, $5::bytea, $6, length($5::bytea), $7, $8::timestamptz, $9, $10, $11, $12, $13::boolean
  on conflict (tenant_id, feed, name) do nothing
  returning id, sha256
)
select m.id, true as same, true as made from made m
union all
select f.id, f.sha256 = $6 as same, false as made
from outbound_file f
where f.tenant_id = $1::uuid and f.feed = $3 and f.name = $4 and not exists (select 1 from made);
