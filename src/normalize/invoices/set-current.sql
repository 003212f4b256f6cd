-- The version with the latest creation is current (12.37); the others stay, superseded.
-- Served by invoice_version, invoice's primary key.
with ranked as (
  select i.id, i.current, row_number() over (
      partition by x.wholesaler, x."accountNumber", x."invoiceNumber"
      order by i.created_at desc, i.received_at desc, i.content_hash collate "C" desc) = 1 as latest
  from json_to_recordset($2::text::json) as x(wholesaler text, "accountNumber" text, "invoiceNumber" text)
  cross join lateral (
    select i.id, i.current, i.created_at, i.received_at, i.content_hash
    from invoice i
    where i.tenant_id = $1::uuid and i.wholesaler = x.wholesaler and i.account_number = x."accountNumber"
      and i.invoice_number = x."invoiceNumber"
    offset 0
  ) i
)
update invoice i set current = not i.current
where i.tenant_id = $1::uuid and i.id = any(array(select r.id from ranked r where r.current <> r.latest))
