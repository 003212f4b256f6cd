-- One package of each product.
-- Served by drug_package_current.
insert into drug_package (id, ndc11, package_ndc, product_ndc, description, package_size, unit, marketing_start, marketing_end,
  known_from, known_to, ordinal, raw_id, position)
select gen_random_uuid(), p.product_ndc || '01', p.product_ndc || '01', p.product_ndc, '100 TABLET in 1 BOTTLE', 100, 'EA',
  date '2015-01-01', null, timestamptz '2025-01-01Z', null, p.ordinal, gen_random_uuid(), 'bench'
from drug_product p
where $1::uuid is not null
