-- Gives claims that name their pharmacy by NPI the NCPDP id that the NPI belongs to now; answers where they were and are.
-- Served by claim_transaction_provider, pharmacy_npi, claim_transaction's primary key.
with moving as (
  select c.id, c.ncpdp as before, coalesce((
      select min(p.ncpdp collate "C") from pharmacy p
      where p.tenant_id = $1::uuid and p.npi = c.provider_id and p.known_to is null), 'NPI:' || c.provider_id) as ncpdp
  from claim_transaction c
  where c.tenant_id = $1::uuid and c.provider_id = any($2::text[])
    and (c.provider_qualifier = '01' or c.provider_qualifier = '' and c.provider_id ~ '^\d{10}$')
)
update claim_transaction c set ncpdp = m.ncpdp, transaction_key = m.ncpdp || '|' || right(c.transaction_key, 64)
from moving m
where c.tenant_id = $1::uuid and c.id = m.id and m.ncpdp <> m.before
returning m.before, c.ncpdp, c.rx_number as "rxNumber"
