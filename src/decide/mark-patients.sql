-- Patients came or changed: the dispenses that any candidate entity has matched to them.
-- Served by determination_patient, dispense's primary key.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, $3::text
from determination t
join dispense d on d.tenant_id = $1::uuid and d.id = t.dispense_id
where t.tenant_id = $1::uuid and t.current and t.patient_id = any ($2::uuid[])
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
