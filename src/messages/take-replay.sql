-- The oldest replay that runs, held for one batch, unless so many messages wait already that more would only queue.
-- Served by message_replay_running, raw_state_pending.
select r.id, r.states, r.feed, r.since, r.until, r.last_id as "lastId"
from message_replay r
where r.tenant_id = $1::uuid and r.state = 'RUNNING'
  and (select count(*) from (
    select 1 from raw_state s where s.tenant_id = $1::uuid and s.state = 'PENDING' limit $2::int) w) < $2::int
order by r.id
limit 1
for no key update skip locked
