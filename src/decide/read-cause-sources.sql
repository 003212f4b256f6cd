-- What raises a code now.
-- Served by exception_cause's primary key.
select distinct c.source from exception_cause c
where c.tenant_id = $1::uuid and c.code = $2::text
