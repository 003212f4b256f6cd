-- Takes marked ledger keys away from the queue; the transaction's end decides whether they are done.
-- Served by accumulator_work's primary key.
delete from accumulator_work w
using (
  select q.entity, q.ncpdp, q.ndc11, q.bucket from accumulator_work q
  where q.tenant_id = $1::uuid
  order by q.entity, q.ncpdp, q.ndc11, q.bucket
  limit $2::int
  for update skip locked
) taken
where w.tenant_id = $1::uuid and w.entity = taken.entity and w.ncpdp = taken.ncpdp and w.ndc11 = taken.ndc11 and w.bucket = taken.bucket
returning w.entity, w.ncpdp, w.ndc11, w.bucket;
