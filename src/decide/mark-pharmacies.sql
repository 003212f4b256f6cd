-- Pharmacies came or changed: all their claims.
-- Served by claim_transaction_rx.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, c.ncpdp, c.rx_number, 'PHARMACY'
from claim_transaction c
where c.tenant_id = $1::uuid and c.ncpdp = any ($2::text[])
order by c.ncpdp, c.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
