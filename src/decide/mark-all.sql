-- Everything must be judged again: all prescriptions with claims, and all that are stored from earlier claims.
-- Served by claim_transaction_rx, dispense_identity.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select $1::uuid, k.ncpdp, k.rx_number, 'ALL'
from (
  select c.ncpdp, c.rx_number from claim_transaction c where c.tenant_id = $1::uuid
  union
  select d.ncpdp, d.rx_number from dispense d where d.tenant_id = $1::uuid
) k
order by k.ncpdp, k.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
