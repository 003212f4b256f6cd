-- Takes marked prescriptions at a pharmacy away from the queue; the transaction's end decides whether they are done.
-- Served by decision_work_tenant_id_ncpdp_rx_number_pk.
delete from decision_work w
using (
  select q.ncpdp, q.rx_number from decision_work q
  where q.tenant_id = $1::uuid
  order by q.ncpdp, q.rx_number
  limit $2::int
  for update skip locked
) taken
where w.tenant_id = $1::uuid and w.ncpdp = taken.ncpdp and w.rx_number = taken.rx_number
returning w.ncpdp, w.rx_number as "rxNumber"
