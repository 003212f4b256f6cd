-- Takes away coverages of which nothing is said any more.
-- Served by the primary key of coverage.
delete from coverage c where c.tenant_id = $1::uuid and c.id = any($2::uuid[])
