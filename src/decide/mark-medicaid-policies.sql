-- Medicaid decisions of an entity came or changed: Medicaid fills of the tenant.
-- Served by dispense_plan_type.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'MEDICAID_POLICY'
from dispense d
where d.tenant_id = $1::uuid and d.plan_type in ('MEDICAID_FFS', 'MEDICAID_MCO') and $2::text[] is not null
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
