-- Accrued dispenses of the given keys: what supply may repay (12.34).
-- Served by dispense_accrual.
select d.entity, d.ncpdp, d.ndc11, d.bucket, d.id, d.date_of_service as "dateOfService", d.rx_number as "rxNumber", d.fill_number as "fillNumber",
  d.dispensing_status as "dispensingStatus", d.quantity
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
join dispense d on d.tenant_id = $1::uuid and d.entity = g.entity and d.ncpdp = g.ncpdp and d.ndc11 = g.ndc11 and d.bucket = g.bucket
where d.state = 'OPEN' and d.quantity > 0;
