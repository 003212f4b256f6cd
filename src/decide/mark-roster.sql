-- Roster rows came or changed: dispenses of these prescribers.
-- Served by dispense_prescriber.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'ROSTER'
from dispense d
where d.tenant_id = $1::uuid and d.prescriber_id = any ($2::text[])
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
