-- Stores dispenses that are new.
-- Served by dispense_identity.
insert into dispense (tenant_id,
  id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status, state, ever_paid, ndc_text, ndc11, quantity, unit,
  days_supply, written_date, prescriber_id, bin, pcn, payer_group, plan_type, first_received_at, claim_id, patient_id,
  encounter_id, prescription_id, determination_id, entity, status, bucket, orderable, reason, raw_id, position)
select $1::uuid,
  r.id, r.ncpdp, r.rx_number, r.fill_number, r.date_of_service, r.dispensing_status, r.state, r.ever_paid, r.ndc_text, r.ndc11,
  r.quantity, r.unit, r.days_supply, r.written_date, r.prescriber_id, r.bin, r.pcn, r.payer_group, r.plan_type,
  r.first_received_at, r.claim_id, r.patient_id, r.encounter_id, r.prescription_id, r.determination_id, r.entity, r.status,
  r.bucket, r.orderable, r.reason, r.raw_id, r.position
from unnest(
    $2::uuid[], $3::text[], $4::text[], $5::int[], $6::date[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::text[],
    $12::numeric[], $13::text[], $14::int[], $15::date[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::timestamptz[], $22::uuid[], $23::uuid[], $24::uuid[], $25::uuid[], $26::uuid[], $27::text[], $28::text[], $29::text[],
    $30::boolean[], $31::text[], $32::uuid[], $33::text[]
  ) as r (
    id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status, state, ever_paid, ndc_text, ndc11, quantity, unit,
    days_supply, written_date, prescriber_id, bin, pcn, payer_group, plan_type, first_received_at, claim_id, patient_id,
    encounter_id, prescription_id, determination_id, entity, status, bucket, orderable, reason, raw_id, position
  )
