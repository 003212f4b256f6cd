-- Whether a person has paused a feed, and the last time a person asked for a poll.
-- Served by feed's primary key, feed_decision_last.
select f.paused, d.id as "runId"
from feed f
left join lateral (
  select d.id from feed_decision d
  where d.tenant_id = $1::uuid and d.feed = f.name and d.kind = 'RUN'
  order by d.id desc
  limit 1
) d on true
where f.tenant_id = $1::uuid and f.name = $2;
