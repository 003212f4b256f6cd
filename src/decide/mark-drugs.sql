-- Products of the directory came or changed: dispenses of these nine-digit products and short texts that may now mean them (12.29).
-- Served by dispense_ndc, dispense_short_ndc.
-- Bounds are made first: under row-level security an index is not asked for an expression over the keys, which might leak.
with p as materialized (
  select u.product || '00' as low, u.product || '99' as high from unnest($2::text[]) as u (product)
)
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select $1::uuid, k.ncpdp, k.rx_number, 'DRUG'
from (
  select d.ncpdp, d.rx_number
  from p
  join dispense d on d.tenant_id = $1::uuid and d.ndc11 between p.low and p.high
  union
  select d.ncpdp, d.rx_number
  from dispense d
  where d.tenant_id = $1::uuid and btrim(d.ndc_text) ~ '^[0-9]{1,10}$'
    and case when length(btrim(d.ndc_text)) = 10
      then array['0' || substr(btrim(d.ndc_text), 1, 8), substr(btrim(d.ndc_text), 1, 5) || '0' || substr(btrim(d.ndc_text), 6, 3),
        substr(btrim(d.ndc_text), 1, 9)]
      else array[substr(lpad(btrim(d.ndc_text), 11, '0'), 1, 9)] end && $2::text[]
) k
order by k.ncpdp, k.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
