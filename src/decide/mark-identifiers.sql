-- Patients came or changed: claims that carry one of their identifiers.
-- Served by claim_transaction_patient_id.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, c.ncpdp, c.rx_number, 'PATIENT'
from unnest($2::text[], $3::text[]) as k (authority, value)
join claim_transaction c on c.tenant_id = $1::uuid and c.patient_id_authority = k.authority
  and c.patient_id_value = k.value
order by c.ncpdp, c.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
