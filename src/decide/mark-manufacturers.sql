-- Restrictions came or changed: dispenses of these labelers' drugs.
-- Served by dispense_ndc.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'MANUFACTURER'
from unnest($2::text[]) as k (labeler)
join dispense d on d.tenant_id = $1::uuid and d.ndc11 between k.labeler || '000000' and k.labeler || '9999999'
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
