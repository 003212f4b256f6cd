-- Lets unchanged determinations win or stop winning as another candidate's answer changed.
-- Served by determination's primary key.
update determination t set winning = r.winning
from unnest($2::uuid[], $3::boolean[]) as r (id, winning)
where t.tenant_id = $1::uuid and t.id = r.id
