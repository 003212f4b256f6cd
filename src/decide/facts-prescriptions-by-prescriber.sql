-- Orders, not cancelled, of the given prescribers and dates: for claims that say nothing about the patient.
-- Served by prescription_prescriber.
select distinct r.id, r.source_system as "sourceSystem", r.order_number as "orderNumber", r.patient_id as "patientId",
  r.visit_number as "visitNumber", r.rx_number as "rxNumber", r.ndc_text as "ndcText", r.ndc11,
  r.written_date as "writtenDate", r.prescriber_npi as "prescriberNpi"
from unnest($2::text[], $3::date[], $4::date[]) as k (npi, written_from, written_to)
join prescription r on r.tenant_id = $1::uuid and r.prescriber_npi = k.npi
  and r.written_date between k.written_from and k.written_to and r.status <> 'CANCELLED'
