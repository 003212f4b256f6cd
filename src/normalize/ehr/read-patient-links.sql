-- Edges that start at the locked patients of a batch, as they are stored.
-- Served by the primary key of patient_link.
select l.patient_id as "patientId", l.other_id as "otherId", l.kind, l.since, l.raw_id as "rawId", l.position
from patient_link l
where l.tenant_id = $1::uuid and l.patient_id = any ($2::uuid[])
order by l.patient_id, l.other_id
