-- Claims by an NPI whose pharmacy has become known may prove to be the same as claims by its NCPDP id: the earliest receipt stays.
-- Served by claim_transaction_rx, pharmacy_npi, claim_transaction's primary key.
with touched as (
  -- Where claims by these NPIs lie: under the NPI itself, or under a pharmacy that has or once had it.
  select 'NPI:' || n.npi as ncpdp from unnest($2::text[]) as n (npi)
  union
  select p.ncpdp from pharmacy p where p.tenant_id = $1::uuid and p.npi = any($2::text[])
), moving as (
  select c.id, c.rx_number, c.transaction_key, c.received_at, c.raw_id, c.ordinal, coalesce((
      select min(p.ncpdp collate "C") from pharmacy p
      where p.tenant_id = $1::uuid and p.npi = c.provider_id and p.known_to is null), 'NPI:' || c.provider_id) as ncpdp
  from touched t
  join claim_transaction c on c.tenant_id = $1::uuid and c.ncpdp = t.ncpdp
  where c.provider_id = any($2::text[])
    and (c.provider_qualifier = '01' or c.provider_qualifier = '' and c.provider_id ~ '^\d{10}$')
), same as (
  select id, ncpdp, rx_number, transaction_key, received_at, raw_id, ordinal from moving
  union all
  select c.id, c.ncpdp, c.rx_number, c.transaction_key, c.received_at, c.raw_id, c.ordinal
  from (select distinct ncpdp, rx_number, transaction_key from moving) m
  join claim_transaction c on c.tenant_id = $1::uuid and c.ncpdp = m.ncpdp and c.rx_number = m.rx_number
    and c.transaction_key = m.transaction_key
  where c.id not in (select m.id from moving m)
), ranked as (
  select id, row_number() over (
    partition by ncpdp, rx_number, transaction_key order by received_at, raw_id, ordinal) as place
  from same
)
delete from claim_transaction c
where c.tenant_id = $1::uuid and c.id = any(array(select r.id from ranked r where r.place > 1))
returning c.ncpdp, c.rx_number as "rxNumber"
