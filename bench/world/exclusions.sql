-- The Medicaid Exclusion File of five quarters lists the first entity.
-- Served by medicaid_exclusion_current.
insert into medicaid_exclusion (id, quarter, id340b, state, medicaid_number, npi, known_from, known_to, ordinal, raw_id, position)
select gen_random_uuid(), q.quarter, 'DSH340001', 'IL', '1', '', timestamptz '2025-01-01Z', null, 1, gen_random_uuid(), 'bench'
from (values ('2025Q1'), ('2025Q2'), ('2025Q3'), ('2025Q4'), ('2026Q1')) as q (quarter)
where $1::uuid is not null
