-- L2: every raw payload is in exactly one known state.
-- Served by raw_state's primary key.
select 'raw_message ' || m.id || ' has no state' as breach
from raw_message m
where m.tenant_id = $1::uuid and not exists (select 1 from raw_state s where s.tenant_id = $1::uuid and s.raw_id = m.id)
union all
select 'raw_state ' || s.raw_id || ' is ' || s.state
from raw_state s
where s.tenant_id = $1::uuid and s.state not in ('PENDING', 'DONE', 'HELD', 'REJECTED', 'QUARANTINED', 'SUPERSEDED')
union all
-- A payload counts no more exactly when another has taken its place.
select 'raw_state ' || s.raw_id || ' is SUPERSEDED by nothing'
from raw_state s
where s.tenant_id = $1::uuid and s.state = 'SUPERSEDED'
  and not exists (select 1 from message_edit e where e.tenant_id = $1::uuid and e.original_id = s.raw_id)
union all
select 'raw_message ' || e.original_id || ' was superseded and is ' || s.state
from message_edit e
join raw_state s on s.tenant_id = $1::uuid and s.raw_id = e.original_id
where e.tenant_id = $1::uuid and s.state not in ('SUPERSEDED', 'PENDING')
