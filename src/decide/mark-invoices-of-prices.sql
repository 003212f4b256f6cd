-- Catalogue prices came or changed: invoices with a line of these NDCs.
-- Served by invoice_line_ndc, invoice's primary key.
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select distinct $1::uuid, i.wholesaler, i.account_number, i.invoice_number, 'PRICE'
from invoice_line l
join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id
where l.tenant_id = $1::uuid and l.ndc11 = any ($2::text[])
order by i.wholesaler, i.account_number, i.invoice_number
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
