-- Twenty plans: commercial, Medicare, Medicaid fee for service and managed care.
-- Served by plan_current.
insert into plan (tenant_id, id, bin, pcn, payer_group, plan_type, state, name, valid_from, valid_to, known_from, known_to, raw_id,
  position, ordinal)
select $1::uuid, gen_random_uuid(), (610000 + n)::text, '', '',
  case when n <= 14 then 'COMMERCIAL' when n <= 16 then 'MEDICARE_D' when n <= 18 then 'MEDICAID_FFS' else 'MEDICAID_MCO' end,
  'IL', 'Bench plan', null, null, timestamptz '2025-01-01Z', null, gen_random_uuid(), 'bench', n
from generate_series(1, 20) as n
