-- The tenant's Medicaid decisions: a handful of rows per entity, state and plan type.
-- Served by medicaid_policy_current.
select m.id, m.entity, m.state, m.plan_type as "planType", m.decision, m.valid_from as "from", m.valid_to as "to"
from medicaid_policy m
where m.tenant_id = $1::uuid and m.known_to is null
order by m.entity, m.state, m.plan_type, m.valid_from desc nulls last
