-- What could not be read in one payload, with the values as sent: they are masked before they are shown.
-- Served by record_error_place.
select e.position, e.field, e.original as value, e.message as problem, e.accepted
from record_error e where e.tenant_id = $1::uuid and e.raw_id = $2::uuid
order by e.ordinal;
