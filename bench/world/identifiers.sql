-- The medical record number of each patient.
-- Served by patient_identifier_value.
insert into patient_identifier (tenant_id, patient_id, authority, type, value)
select $1::uuid, p.id, 'BENCH', 'MR', p.key from patient p where p.tenant_id = $1::uuid
