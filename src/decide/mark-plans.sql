-- Plan rows came or changed: claims of these BINs, as payer or as another payer that the claim names (12.3). All claims are looked at: plans change rarely, and an index of BINs costs every line of every file.
-- Served by claim_transaction_rx.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, c.ncpdp, c.rx_number, 'PLAN'
from claim_transaction c
where c.tenant_id = $1::uuid
  and (
    c.bin = any ($2::text[])
    or c.other_payers <> '[]'::jsonb
      and exists (select from jsonb_to_recordset(c.other_payers) as o (bin text) where o.bin = any ($2::text[]))
  )
order by c.ncpdp, c.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
