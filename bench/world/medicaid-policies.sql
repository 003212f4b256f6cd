-- The first entity carves Medicaid in, the second out.
-- Served by medicaid_policy_current.
insert into medicaid_policy (tenant_id, id, entity, state, plan_type, decision, marker_420, marker_423, valid_from, valid_to, known_from,
  known_to, raw_id, position, ordinal)
select $1::uuid, gen_random_uuid(), e.id340b, 'IL', t.type, e.decision, '20', '08', null, null, timestamptz '2025-01-01Z', null,
  gen_random_uuid(), 'bench', 1
from (values ('DSH340001', 'CARVE_IN'), ('CAH340002', 'CARVE_OUT')) as e (id340b, decision)
cross join (values ('MEDICAID_FFS'), ('MEDICAID_MCO')) as t (type)
