-- Two thousand products of forty labelers: one in fifty sold over the counter, one in forty scheduled.
-- Served by drug_product_current.
insert into drug_product (id, product_ndc, product_type, name, labeler_name, dosage_form, strength, schedule, marketing_start,
  marketing_end, known_from, known_to, ordinal, raw_id, position)
select gen_random_uuid(), p.product, case when n % 50 = 0 then 'HUMAN OTC DRUG' else 'HUMAN PRESCRIPTION DRUG' end, 'Bench drug ' || n,
  'Bench labeler', 'TABLET', '10 mg', case when n % 40 = 7 then 'CIV' else '' end, date '2015-01-01', null,
  timestamptz '2025-01-01Z', null, n, gen_random_uuid(), 'bench'
from generate_series(0, 1999) as n
cross join lateral (select (10000 + n % 40)::text || lpad((1 + n / 40)::text, 4, '0') as product) p
where $1::uuid is not null
