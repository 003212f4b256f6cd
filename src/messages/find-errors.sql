-- What could not be read in a message or file, with the value as it was sent.
-- Served by record_error_place.
select e.ordinal, e.position, e.field, e.message, e.original, e.accepted
from record_error e
where e.tenant_id = $1::uuid and e.raw_id = $2::uuid
order by e.ordinal
limit $3::int
