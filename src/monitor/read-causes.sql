-- What stands behind the given cases now: how many causes, their dollars, the sentence of the first.
-- Served by exception_cause's primary key.
select k.code, k.subject, count(c.source) as "causes", sum(c.dollars) as "dollars", min(c.detail) as "detail"
from unnest($2::text[], $3::text[]) as k (code, subject)
left join exception_cause c on c.tenant_id = $1::uuid and c.code = k.code and c.subject = k.subject
group by k.code, k.subject
