-- Everything must be judged again: all invoices.
-- Served by invoice_version.
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select distinct $1::uuid, i.wholesaler, i.account_number, i.invoice_number, 'ALL'
from invoice i
where i.tenant_id = $1::uuid
order by i.wholesaler, i.account_number, i.invoice_number
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
