-- Whether a whole list of a kind has ever come.
-- Served by the primary key of data_snapshot.
select 1 as found from data_snapshot s where s.tenant_id = $1::uuid and s.kind = $2::text limit 1
