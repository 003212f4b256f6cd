-- Contract pharmacy registrations of the pharmacies that are not in-house; one in ten ended in autumn.
-- Served by contract_pharmacy_pharmacy.
insert into contract_pharmacy (id, id340b, contract_id, opais_pharmacy_id, name, begin_date, termination_date, known_from, known_to,
  ordinal, raw_id, position)
select gen_random_uuid(), e.id340b, 'C' || n || e.id340b, 'OP' || n, 'Bench pharmacy', date '2020-01-01',
  case when n % 10 = 9 then date '2025-10-01' end, timestamptz '2025-01-01Z', null, n, gen_random_uuid(), 'bench'
from generate_series(5, 40) as n
join (values ('DSH340001'), ('CAH340002')) as e (id340b)
  on n % 7 < 5 or (n % 7 = 5) = (e.id340b = 'DSH340001')
where $1::uuid is not null
