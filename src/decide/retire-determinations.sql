-- Takes superseded determinations ($2) out of force; their content stays as it was.
-- Served by determination's primary key.
update determination t set current = false
where t.tenant_id = $1::uuid and t.id = any ($2::uuid[])
