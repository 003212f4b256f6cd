-- Why records of one payload were refused; with $3 also which values are missing from accepted ones.
-- Served by record_error_place.
select e.position, e.field, e.message
from record_error e
where e.tenant_id = $1::uuid and e.raw_id = $2::uuid and (not e.accepted or $3::boolean)
order by e.ordinal;
