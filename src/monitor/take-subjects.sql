-- Takes marked exception subjects away from the queue; the transaction's end decides whether they are done.
-- Served by exception_work's primary key.
delete from exception_work w
using (
  select q.code, q.subject from exception_work q
  where q.tenant_id = $1::uuid
  order by q.code, q.subject
  limit $2::int
  for update skip locked
) taken
where w.tenant_id = $1::uuid and w.code = taken.code and w.subject = taken.subject
returning w.code, w.subject
