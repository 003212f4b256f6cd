-- Marks invoice numbers for reconciling; the row lock also makes versions of one number follow each other.
-- Served by the primary key of invoice_work.
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select $1::uuid, x.wholesaler, x."accountNumber", x."invoiceNumber", 'INVOICE'
from json_to_recordset($2::text::json) as x(wholesaler text, "accountNumber" text, "invoiceNumber" text)
order by x.wholesaler collate "C", x."accountNumber" collate "C", x."invoiceNumber" collate "C"
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
