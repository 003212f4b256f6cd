-- Supply lines of the given keys with their document.
-- Served by invoice_line_key, invoice's primary key.
select l.entity, l.ncpdp, l.ndc11, l.bucket, l.id, l.current, i.wholesaler, i.account_number as "accountNumber", i.invoice_number as "invoiceNumber",
  i.invoice_date as "invoiceDate", l.ordinal, l.line_number as "lineNumber", coalesce(l.effective_quantity, 0) as quantity, l.amount, l.state,
  l.allocated_quantity as "allocatedQuantity"
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as g (entity, ncpdp, ndc11, bucket)
join invoice_line l on l.tenant_id = $1::uuid and l.entity = g.entity and l.ncpdp = g.ncpdp and l.ndc11 = g.ndc11 and l.bucket = g.bucket
join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id
where l.state in ('ALLOCATED', 'PARTIAL', 'UNMATCHED');
