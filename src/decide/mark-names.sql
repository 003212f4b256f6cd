-- Patients came or changed: claims whose compared names and birth date are, or once were, theirs.
-- Served by claim_transaction_name.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, c.ncpdp, c.rx_number, 'PATIENT'
from unnest($2::text[], $3::text[], $4::date[]) as k (family, given, birth_date)
join claim_transaction c on c.tenant_id = $1::uuid and c.family_compare = k.family and c.given_compare = k.given
  and c.patient_birth_date = k.birth_date
order by c.ncpdp, c.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
