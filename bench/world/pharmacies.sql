-- Forty pharmacies: four in-house, the others by contract: most with both entities, so that a candidate wins and another loses.
-- Served by pharmacy_current.
insert into pharmacy (tenant_id, id, ncpdp, npi, dea, name, state, opais_pharmacy_id, address, in_house_of, in_house_from,
  carve_in_reported_for, feed, valid_from, valid_to, known_from, known_to, raw_id, position, ordinal)
select $1::uuid, gen_random_uuid(), (5100000 + n)::text, '', '', 'Bench pharmacy', case when n % 5 = 0 then 'MO' else 'IL' end,
  'OP' || n, '', case when n <= 4 then 'DSH340001' else '' end, case when n <= 4 then date '2015-01-01' end,
  array['DSH340001', 'CAH340002'], 'claims', null, null, timestamptz '2025-01-01Z', null, gen_random_uuid(), 'bench', n
from generate_series(1, 40) as n
