-- Three in a hundred products are designated for a rare disease.
-- Served by orphan_designation_current.
insert into orphan_designation (id, product_ndc, designated, known_from, known_to, ordinal, raw_id, position)
select gen_random_uuid(), p.product_ndc, true, timestamptz '2025-01-01Z', null, p.ordinal, gen_random_uuid(), 'bench'
from drug_product p
where p.ordinal % 33 = 5 and $1::uuid is not null
