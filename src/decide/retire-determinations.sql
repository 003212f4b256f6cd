-- Takes superseded determinations out of force and writes down the claim that each judged; their content stays as it was.
-- Served by determination's primary key.
update determination t set current = false, claim_id = r.claim_id
from unnest($2::uuid[], $3::uuid[]) as r (id, claim_id)
where t.tenant_id = $1::uuid and t.id = r.id
