-- Of ten prescriptions the EHR knows seven; half of those name their visit.
-- Served by prescription_patient.
insert into prescription (tenant_id, id, source_system, order_number, status, patient_id, visit_number, encounter_id, rx_number, ndc_text,
  ndc11, drug_name, written_date, prescriber_npi, quantity, refills, raw_id, position)
select $1::uuid, gen_random_uuid(), 'ehr', e.visit_number || 'O', 'ACTIVE', e.patient_id,
  case when h.rx % 2 = 0 then e.visit_number end, case when h.rx % 2 = 0 then e.id end, null, h.ndc11, h.ndc11, null, e.start_date,
  ($2::text[])[1 + h.prescriber % cardinality($2::text[])], 30, '1', gen_random_uuid(), 'message 1'
from encounter e
cross join lateral (
  select substr(split_part(e.visit_number, 'V', 1), 2)::int as patient,
    substr(split_part(e.visit_number, 'V', 1), 2)::int * 4 + split_part(e.visit_number, 'V', 2)::int as rx
) r
cross join lateral (
  select r.rx, (10000 + r.rx % 40)::text || lpad((1 + r.rx / 40 % 50)::text, 4, '0') || '01' as ndc11,
    1 - r.patient % 2 + 2 * (r.rx % 200) as prescriber
) h
where e.tenant_id = $1::uuid and h.rx % 10 < 7
