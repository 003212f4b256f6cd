-- Everything of the tenant must be judged again (changed policy or entities).
-- Served by change's primary key.
insert into change (tenant_id, id, kind, keys) values ($1::uuid, $2::uuid, 'ALL', array['']);
