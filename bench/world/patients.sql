-- Patients: one for eight dispenses.
-- Served by patient_key.
insert into patient (tenant_id, id, source_system, key, family_name, given_name, family_compare, given_compare, birth_date, sex,
  postal_code, raw_id, position)
select $1::uuid, gen_random_uuid(), 'ehr', 'P' || n, 'Family' || n, 'Given', 'FAMILY' || n, 'GIVEN', date '1950-01-01' + n % 20000,
  case when n % 2 = 0 then 'F' else 'M' end, '62701', gen_random_uuid(), 'message 1'
from generate_series(1, $2::int) as n
