-- Orders, not cancelled, that carry one of the given prescription numbers: for claims that say nothing about the patient.
-- Served by prescription_rx.
select r.id, r.source_system as "sourceSystem", r.order_number as "orderNumber", r.patient_id as "patientId",
  r.visit_number as "visitNumber", r.rx_number as "rxNumber", r.ndc_text as "ndcText", r.ndc11,
  r.written_date as "writtenDate", r.prescriber_npi as "prescriberNpi"
from unnest($2::text[]) as k (rx_number)
join prescription r on r.tenant_id = $1::uuid and r.rx_number = k.rx_number and r.status <> 'CANCELLED'
