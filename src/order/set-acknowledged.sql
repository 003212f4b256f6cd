-- Files whose acknowledgement has come, with its receipt.
-- Served by outbound_file's primary key.
update outbound_file f set acknowledged_at = x.at
from unnest($2::uuid[], $3::timestamptz[]) as x (id, at)
where f.tenant_id = $1::uuid and f.id = x.id
