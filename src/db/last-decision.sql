-- The decision of one kind that counts for a feed: the last.
-- Served by feed_decision_last.
select d.id, d.subject, d.detail, d.decided_by as "decidedBy", d.decided_at as "decidedAt"
from feed_decision d
where d.tenant_id = $1::uuid and d.feed = $2 and d.kind = $3
order by d.id desc
limit 1;
