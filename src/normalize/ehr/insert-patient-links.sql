-- Stores the edges of patients. Their rows are locked by this transaction, and what they had before is gone.
-- Served by the primary key of patient_link.
insert into patient_link (tenant_id, patient_id, other_id, kind, since, raw_id, position)
select $1::uuid, x."patientId", x."otherId", x.kind, x.since, x."rawId", x.position
from json_to_recordset($2::text::json) as x("patientId" uuid, "otherId" uuid, kind text, since timestamptz, "rawId" uuid, position text)
