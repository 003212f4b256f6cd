-- Current allocations by the natural keys of dispense and invoice line.
-- Served by allocation_key.
select concat_ws('|', a.entity, a.ncpdp, a.ndc11, a.bucket, d.rx_number, d.fill_number, d.date_of_service, d.dispensing_status,
  i.wholesaler, i.account_number, i.invoice_number, l.ordinal, a.quantity) as line
from allocation a
join dispense d on d.tenant_id = $1::uuid and d.id = a.dispense_id
join invoice_line l on l.tenant_id = $1::uuid and l.id = a.invoice_line_id
join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id
where a.tenant_id = $1::uuid and a.superseded_at is null
