-- Wholesaler accounts came or changed (wholesaler|account number): all their invoices.
-- Served by invoice_version.
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select distinct $1::uuid, i.wholesaler, i.account_number, i.invoice_number, 'ACCOUNT'
from unnest($2::text[]) as k (key)
join invoice i on i.tenant_id = $1::uuid and i.wholesaler = split_part(k.key, '|', 1)
  and i.account_number = substr(k.key, strpos(k.key, '|') + 1)
order by i.wholesaler, i.account_number, i.invoice_number
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
