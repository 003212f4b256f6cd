-- The newest policy version of the tenant whose start has come.
-- Served by policy_version_from.
select p.id, p.parameters
from policy_version p
where p.tenant_id = $1::uuid and p.valid_from <= $2::date
order by p.valid_from desc
limit 1;
