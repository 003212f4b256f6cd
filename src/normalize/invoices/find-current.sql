-- The current versions of some invoice numbers.
-- Served by invoice_version.
select x.wholesaler, x."accountNumber", x."invoiceNumber", i.kind, i.invoice_date as "invoiceDate", i.total,
  jsonb_array_length(i.lines) as lines
from json_to_recordset($2::text::json) as x(wholesaler text, "accountNumber" text, "invoiceNumber" text)
cross join lateral (
  select i.kind, i.invoice_date, i.total, i.lines
  from invoice i
  where i.tenant_id = $1::uuid and i.wholesaler = x.wholesaler and i.account_number = x."accountNumber"
    and i.invoice_number = x."invoiceNumber" and i.current
  offset 0
) i
