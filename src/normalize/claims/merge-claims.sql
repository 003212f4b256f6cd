-- Claims by an NPI whose pharmacy has become known may prove to be the same as claims by its NCPDP id: the earliest receipt stays.
-- Served by claim_transaction_provider, claim_transaction_same, pharmacy_npi.
with moving as (
  select c.id, c.received_at, c.raw_id, c.ordinal, coalesce((
      select min(p.ncpdp collate "C") from pharmacy p
      where p.tenant_id = $1::uuid and p.npi = c.provider_id and p.known_to is null), 'NPI:' || c.provider_id)
    || '|' || right(c.transaction_key, 64) as key
  from json_array_elements_text($2::text::json) as x(npi)
  join claim_transaction c on c.tenant_id = $1::uuid and c.provider_id = x.npi
  where c.provider_qualifier = '01' or c.provider_qualifier = '' and c.provider_id ~ '^\d{10}$'
), same as (
  select id, key, received_at, raw_id, ordinal from moving
  union all
  select c.id, c.transaction_key, c.received_at, c.raw_id, c.ordinal
  from (select distinct key from moving) m
  join claim_transaction c on c.tenant_id = $1::uuid and c.transaction_key = m.key
  where c.id not in (select id from moving)
), ranked as (
  select id, row_number() over (partition by key order by received_at, raw_id, ordinal) as place from same
)
delete from claim_transaction c using ranked r
where c.tenant_id = $1::uuid and c.id = r.id and r.place > 1
returning c.ncpdp, c.rx_number as "rxNumber"
