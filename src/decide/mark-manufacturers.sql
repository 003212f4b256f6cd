-- Restrictions came or changed: dispenses of these labelers' drugs.
-- Served by dispense_ndc.
-- Bounds are made first: under row-level security an index is not asked for an expression over the keys, which might leak.
with k as materialized (
  select u.labeler || '000000' as low, u.labeler || '9999999' as high from unnest($2::text[]) as u (labeler)
)
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'MANUFACTURER'
from k
join dispense d on d.tenant_id = $1::uuid and d.ndc11 between k.low and k.high
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
