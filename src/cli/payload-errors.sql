-- What could not be read in one payload, without the values.
-- Served by record_error_place.
select e.position, e.field, e.message, e.accepted
from record_error e where e.tenant_id = $1::uuid and e.raw_id = $2::uuid
order by e.ordinal;
