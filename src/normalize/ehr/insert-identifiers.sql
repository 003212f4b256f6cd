-- Adds identifiers to patients; answers the patients that have one more than before.
-- Served by the primary key of patient_identifier.
insert into patient_identifier (tenant_id, patient_id, authority, type, value)
select $1::uuid, x."patientId", x.authority, x.type, x.value
from json_to_recordset($2::text::json) as x("patientId" uuid, authority text, type text, value text)
on conflict do nothing
returning patient_id as "patientId"
