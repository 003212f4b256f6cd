-- Waiting windows that have closed: PENDING dispenses whose date of service plus wait days lies before the decision date (12.6).
-- Served by dispense_status.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'CLOCK'
from dispense d
where d.tenant_id = $1::uuid and d.status = 'PENDING' and d.date_of_service < $2::date
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
-- Marked just now, or on the queue already.
returning xmax = 0 as fresh;
