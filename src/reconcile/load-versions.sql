-- All versions of the given invoices with the account they were billed to.
-- Served by invoice_version, wholesaler_account_current.
select i.id, i.wholesaler, i.account_number as "accountNumber", i.invoice_number as "invoiceNumber", i.kind, i.invoice_date as "invoiceDate",
  i.original_invoice as "originalInvoice", i.total, i.allowances, i.charges, i.tax, i.current, i.raw_id as "rawId", i.lines,
  a.account_type as "accountType", a.entity, a.ncpdp
from unnest($2::text[], $3::text[], $4::text[]) as g (wholesaler, account_number, invoice_number)
join invoice i on i.tenant_id = $1::uuid and i.wholesaler = g.wholesaler and i.account_number = g.account_number and i.invoice_number = g.invoice_number
left join wholesaler_account a on a.tenant_id = $1::uuid and a.wholesaler = i.wholesaler and a.account_number = i.account_number and a.known_to is null
order by i.wholesaler, i.account_number, i.invoice_number, i.id;
