-- Gives claims that name their pharmacy by NPI the NCPDP id that the NPI belongs to now; answers where they were and are.
-- Served by claim_transaction_rx, pharmacy_npi, claim_transaction's primary key.
with touched as (
  select 'NPI:' || n.npi as ncpdp from unnest($2::text[]) as n (npi)
  union
  select p.ncpdp from pharmacy p where p.tenant_id = $1::uuid and p.npi = any($2::text[])
), moving as (
  select c.id, c.ncpdp as before, coalesce((
      select min(p.ncpdp collate "C") from pharmacy p
      where p.tenant_id = $1::uuid and p.npi = c.provider_id and p.known_to is null), 'NPI:' || c.provider_id) as ncpdp
  from touched t
  join claim_transaction c on c.tenant_id = $1::uuid and c.ncpdp = t.ncpdp
  where c.provider_id = any($2::text[])
    and (c.provider_qualifier = '01' or c.provider_qualifier = '' and c.provider_id ~ '^\d{10}$')
)
update claim_transaction c set ncpdp = m.ncpdp
from moving m
where c.tenant_id = $1::uuid and c.id = m.id and m.ncpdp <> m.before
returning m.before, c.ncpdp, c.rx_number as "rxNumber"
