-- The dispenses that the given prescriptions at pharmacies folded into before, with the answers they carry.
-- Served by dispense_identity.
select d.id, d.ncpdp, d.rx_number, d.fill_number, d.date_of_service, d.dispensing_status, d.state, d.ever_paid,
  d.ndc_text, d.ndc11, d.quantity, d.unit, d.days_supply, d.written_date, d.prescriber_id, d.bin, d.pcn, d.payer_group,
  d.plan_type, d.first_received_at, d.claim_id, d.patient_id, d.encounter_id, d.prescription_id, d.determination_id,
  d.entity, d.status, d.bucket, d.orderable, d.reason, d.raw_id, d.position
from unnest($2::text[], $3::text[]) as k (ncpdp, rx_number)
join dispense d on d.tenant_id = $1::uuid and d.ncpdp = k.ncpdp and d.rx_number = k.rx_number
