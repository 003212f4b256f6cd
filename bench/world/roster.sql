-- Roster rows of the prescribers: half with the first entity, half with the second, one in eight with both;
-- one in twenty left in summer.
-- Served by prescriber_affiliation_current.
insert into prescriber_affiliation (tenant_id, id, npi, entity, family_name, given_name, taxonomy, affiliation, valid_from, valid_to,
  known_from, known_to, raw_id, position, ordinal)
select $1::uuid, gen_random_uuid(), n.npi, e.id340b, 'DOE', 'JANE', '207R00000X', 'EMPLOYED', date '2018-01-01',
  case when n.place % 20 = 3 then date '2025-07-31' end, timestamptz '2025-01-01Z', null, gen_random_uuid(), 'bench', n.place
from unnest($2::text[]) with ordinality as n (npi, place)
join (values ('DSH340001'), ('CAH340002')) as e (id340b)
  on n.place % 8 = 0 or (n.place % 2 = 0) = (e.id340b = 'DSH340001')
