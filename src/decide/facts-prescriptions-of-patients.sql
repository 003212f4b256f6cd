-- Orders, not cancelled, of the matched patients around the written dates, each with the visit that it names once that has arrived.
-- Served by prescription_patient, encounter_visit.
select r.id, r.source_system as "sourceSystem", r.order_number as "orderNumber", r.patient_id as "patientId",
  r.visit_number as "visitNumber", r.rx_number as "rxNumber", r.ndc_text as "ndcText", r.ndc11,
  r.written_date as "writtenDate", r.prescriber_npi as "prescriberNpi",
  e.id as "visitId", e.patient_id as "visitPatientId", e.class as "visitClass", e.status as "visitStatus",
  e.started_at as "visitStartedAt", e.start_date as "visitStartDate", e.site_id340b as "visitSite"
from unnest($2::uuid[], $3::date[], $4::date[]) as k (patient_id, written_from, written_to)
join prescription r on r.tenant_id = $1::uuid and r.patient_id = k.patient_id
  and r.written_date between k.written_from and k.written_to and r.status <> 'CANCELLED'
left join encounter e on e.tenant_id = $1::uuid and e.source_system = r.source_system and e.visit_number = r.visit_number
