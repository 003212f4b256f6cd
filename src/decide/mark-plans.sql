-- Plan rows came or changed: claims of these BINs, as payer or as another payer that the claim names (12.3).
-- Served by claim_transaction_payer, claim_transaction_other_payers.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select $1::uuid, k.ncpdp, k.rx_number, 'PLAN'
from (
  select c.ncpdp, c.rx_number from claim_transaction c where c.tenant_id = $1::uuid and c.bin = any ($2::text[])
  union
  select c.ncpdp, c.rx_number
  from claim_transaction c
  cross join lateral jsonb_to_recordset(c.other_payers) as o (bin text)
  where c.tenant_id = $1::uuid and c.other_payers <> '[]'::jsonb and o.bin = any ($2::text[])
) k
order by k.ncpdp, k.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
