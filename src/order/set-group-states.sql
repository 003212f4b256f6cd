-- What became of groups that waited for their 997.
-- Served by edi_group's primary key.
update edi_group g set state = x.state
from unnest($2::uuid[], $3::text[], $4::text[]) as x (raw_id, position, state)
where g.tenant_id = $1::uuid and g.raw_id = x.raw_id and g.position = x.position
