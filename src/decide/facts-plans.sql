-- Plan rows of the given BINs.
-- Served by plan_current.
select p.id, p.bin, p.pcn, p.payer_group as "group", p.plan_type as "planType", p.state, p.valid_from as "from", p.valid_to as "to"
from plan p
where p.tenant_id = $1::uuid and p.known_to is null and p.bin = any ($2::text[])
order by p.valid_from desc nulls last, p.id
