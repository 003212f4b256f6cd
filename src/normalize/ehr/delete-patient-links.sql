-- Takes away the edges of patients whose edges have become others; the present ones are inserted behind it.
-- Served by the primary key of patient_link.
delete from patient_link l where l.tenant_id = $1::uuid and l.patient_id = any ($2::uuid[])
