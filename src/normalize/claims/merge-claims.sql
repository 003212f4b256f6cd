-- Claims by an NPI whose pharmacy has become known may prove to be the same as claims by its NCPDP id: the earliest receipt stays.
-- Served by claim_transaction_provider, claim_transaction_same, pharmacy_npi.
with moving as (
  select c.id, c.received_at, c.raw_id, c.ordinal, coalesce((
      select min(p.ncpdp collate "C") from pharmacy p
      where p.tenant_id = $1::uuid and p.npi = c.provider_id and p.known_to is null), 'NPI:' || c.provider_id)
    || '|' || right(c.transaction_key, 64) as key
  from claim_transaction c
  where c.tenant_id = $1::uuid and c.provider_id = any($2::text[])
    and (c.provider_qualifier = '01' or c.provider_qualifier = '' and c.provider_id ~ '^\d{10}$')
), same as (
  select id, key, received_at, raw_id, ordinal from moving
  union all
  select c.id, c.transaction_key, c.received_at, c.raw_id, c.ordinal
  from claim_transaction c
  where c.tenant_id = $1::uuid and c.transaction_key = any(array(select m.key from moving m))
    and c.id not in (select m.id from moving m)
), ranked as (
  select id, row_number() over (partition by key order by received_at, raw_id, ordinal) as place from same
)
delete from claim_transaction c
where c.tenant_id = $1::uuid and c.id = any(array(select r.id from ranked r where r.place > 1))
returning c.ncpdp, c.rx_number as "rxNumber"
