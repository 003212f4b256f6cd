-- Products of the directory came or changed: invoices with a line of these products, or whose text may now mean them.
-- Served by invoice_line_ndc, invoice_line_unresolved, invoice's primary key.
-- Bounds are made first: under row-level security an index is not asked for an expression over the keys, which might leak.
with p as materialized (
  select u.product || '00' as low, u.product || '99' as high from unnest($2::text[]) as u (product)
)
insert into invoice_work (tenant_id, wholesaler, account_number, invoice_number, cause)
select distinct $1::uuid, i.wholesaler, i.account_number, i.invoice_number, 'DRUG'
from (
  select l.invoice_id
  from p
  join invoice_line l on l.tenant_id = $1::uuid and l.ndc11 between p.low and p.high
  union
  -- Lines that are not resolved yet, and those whose text is no full code: a few.
  select l.invoice_id from invoice_line l
  where l.tenant_id = $1::uuid and (l.ndc11 is null or btrim(l.ndc_text) ~ '^[0-9]{1,10}$')
) t
join invoice i on i.tenant_id = $1::uuid and i.id = t.invoice_id
order by i.wholesaler, i.account_number, i.invoice_number
on conflict (tenant_id, wholesaler, account_number, invoice_number) do update set cause = excluded.cause
