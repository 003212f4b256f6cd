-- Two parents with three sites each, as OPAIS registers them.
-- Served by covered_entity_current.
insert into covered_entity (id, id340b, parent340b, name, sub_name, entity_type, state, participating, start_date, termination_date,
  known_from, known_to, ordinal, raw_id, position)
select gen_random_uuid(), e.parent || case s.n when 0 then '' else chr(64 + s.n) end, e.parent, 'Bench entity', '', e.type, 'IL', true,
  date '2010-01-01', null, timestamptz '2025-01-01Z', null, s.n, gen_random_uuid(), 'bench'
from (values ('DSH340001', 'DSH'), ('CAH340002', 'CAH')) as e (parent, type)
cross join generate_series(0, 3) as s (n)
where $1::uuid is not null
