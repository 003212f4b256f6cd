-- Dispenses of the prescriptions that wait to be decided.
-- Served by decision_work's primary key, dispense_identity.
select count(*)::int as dispenses
from decision_work w
join dispense d on d.tenant_id = $1::uuid and d.ncpdp = w.ncpdp and d.rx_number = w.rx_number
where w.tenant_id = $1::uuid
