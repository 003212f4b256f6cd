-- Wholesaler accounts came or changed (wholesaler|account number): all their invoices.
-- Served by invoice_version.
-- The parts are made first: under row-level security an index is not asked for an expression over the keys, which might leak.
with k as materialized (
  select split_part(u.key, '|', 1) as wholesaler, substr(u.key, strpos(u.key, '|') + 1) as account_number
  from unnest($2::text[]) as u (key)
)
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select distinct $1::uuid, i.wholesaler, i.account_number, i.invoice_number, 'ACCOUNT'
from k
join invoice i on i.tenant_id = $1::uuid and i.wholesaler = k.wholesaler and i.account_number = k.account_number
order by i.wholesaler, i.account_number, i.invoice_number
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
