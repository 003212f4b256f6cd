-- Which of some payloads another has taken the place of.
-- Served by message_edit's primary key.
select e.original_id as "rawId"
from message_edit e
where e.tenant_id = $1::uuid and e.original_id = any($2::uuid[])
