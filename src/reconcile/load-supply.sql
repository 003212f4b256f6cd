-- Every line of the given accounts and products, current or not, with its document: what credits are applied to (12.37).
-- Served by invoice_line_ndc, invoice's primary key.
select l.id, i.wholesaler, i.account_number as "accountNumber", i.invoice_number as "invoiceNumber", i.kind, i.invoice_date as "invoiceDate",
  i.original_invoice as "originalInvoice", l.ordinal, l.line_number as "lineNumber", l.ndc11, l.entity, l.ncpdp, l.bucket, l.quantity, l.effective_quantity as "effectiveQuantity",
  l.amount, l.current, l.state
from unnest($2::text[], $3::text[], $4::text[]) as g (wholesaler, account_number, ndc11)
join invoice_line l on l.tenant_id = $1::uuid and l.ndc11 = g.ndc11
join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id and i.wholesaler = g.wholesaler and i.account_number = g.account_number
order by i.wholesaler, i.account_number, l.ndc11, i.invoice_date, i.invoice_number, l.ordinal, l.id;
