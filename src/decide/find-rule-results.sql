-- Numbers of the rule results with the given digests.
-- Served by rule_result_same.
select r.digest, r.number
from unnest($2::text[]) as k (digest)
join rule_result r on r.tenant_id = $1::uuid and r.digest = k.digest
