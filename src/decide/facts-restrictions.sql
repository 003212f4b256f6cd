-- Contract-pharmacy restrictions of the given labelers.
-- Served by manufacturer_policy_current.
select m.id, m.labeler, m.exempt_entity_types as "exemptEntityTypes", m.exempt_states as "exemptStates", m.designated,
  m.valid_from as "from", m.valid_to as "to"
from manufacturer_policy m
where m.tenant_id = $1::uuid and m.known_to is null and m.labeler = any ($2::text[])
order by m.labeler, m.valid_from
