-- Eight of the forty labelers restrict contract pharmacies, with exemptions of type or state.
-- Served by manufacturer_policy_current.
insert into manufacturer_policy (tenant_id, id, labeler, exempt_entity_types, exempt_states, designated, source, valid_from, valid_to,
  known_from, known_to, raw_id, position, ordinal)
select $1::uuid, gen_random_uuid(), (10000 + n * 5)::text, array['CAH'], array['MO'], array[]::text[], 'bench', date '2021-01-01', null,
  timestamptz '2025-01-01Z', null, gen_random_uuid(), 'bench', n
from generate_series(0, 7) as n
