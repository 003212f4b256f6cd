-- Changes dispenses whose claims or answer changed; their identity stays.
-- Served by dispense's primary key.
update dispense d set
  state = r.state, ever_paid = r.ever_paid, ndc_text = r.ndc_text, ndc11 = r.ndc11, quantity = r.quantity, unit = r.unit,
  days_supply = r.days_supply, written_date = r.written_date, prescriber_id = r.prescriber_id, bin = r.bin, pcn = r.pcn,
  payer_group = r.payer_group, plan_type = r.plan_type, first_received_at = r.first_received_at, claim_id = r.claim_id,
  patient_id = r.patient_id, encounter_id = r.encounter_id, prescription_id = r.prescription_id,
  determination_id = r.determination_id, entity = r.entity, status = r.status, bucket = r.bucket, orderable = r.orderable,
  reason = r.reason, raw_id = r.raw_id, position = r.position
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
where d.tenant_id = $1::uuid and d.id = r.id
