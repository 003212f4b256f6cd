-- Takes waiting changes away from the queue, oldest first; the transaction's end decides whether they are done.
-- Served by change's primary key.
delete from change c
using (
  select q.id from change q
  where q.tenant_id = $1::uuid
  order by q.id
  limit $2::int
  for update skip locked
) taken
where c.tenant_id = $1::uuid and c.id = taken.id
returning c.kind, c.key
