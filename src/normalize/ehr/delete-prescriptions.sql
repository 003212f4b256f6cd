-- Takes away orders of which nothing is said any more.
-- Served by the primary key of prescription.
delete from prescription p where p.tenant_id = $1::uuid and p.id = any($2::uuid[])
