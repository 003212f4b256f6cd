-- The version with the latest creation is current (12.37); the others stay, superseded.
-- Served by invoice_version, invoice's primary key.
with ranked as (
  select i.id, row_number() over (
      partition by i.wholesaler, i.account_number, i.invoice_number
      order by i.created_at desc, i.received_at desc, i.content_hash collate "C" desc) = 1 as current
  from json_to_recordset($2::text::json) as x(wholesaler text, "accountNumber" text, "invoiceNumber" text)
  join invoice i on i.tenant_id = $1::uuid and i.wholesaler = x.wholesaler and i.account_number = x."accountNumber"
    and i.invoice_number = x."invoiceNumber"
)
update invoice i set current = r.current
from ranked r
where i.tenant_id = $1::uuid and i.id = r.id and i.current <> r.current
