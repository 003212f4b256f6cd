-- Stores dispenses that are new or whose claims or answer changed.
-- Served by dispense_identity.
insert into dispense (tenant_id, id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status, state, ever_paid,
  ndc_text, ndc11, quantity, unit, days_supply, written_date, prescriber_id, bin, pcn, payer_group, plan_type,
  first_received_at, claim_id, patient_id, encounter_id, prescription_id, determination_id, entity, status, bucket,
  orderable, reason, raw_id, position)
select $1::uuid, r.id, r.ncpdp, r.rx_number, r.fill_number, r.date_of_service, r.dispensing_status, r.state, r.ever_paid,
  r.ndc_text, r.ndc11, r.quantity, r.unit, r.days_supply, r.written_date, r.prescriber_id, r.bin, r.pcn, r.payer_group, r.plan_type,
  r.first_received_at, r.claim_id, r.patient_id, r.encounter_id, r.prescription_id, r.determination_id, r.entity, r.status, r.bucket,
  r.orderable, r.reason, r.raw_id, r.position
from json_to_recordset($2::json) as r (id uuid, ncpdp text, rx_number text, fill_number int, date_of_service date,
  dispensing_status text, state text, ever_paid boolean, ndc_text text, ndc11 text, quantity numeric, unit text,
  days_supply int, written_date date, prescriber_id text, bin text, pcn text, payer_group text, plan_type text,
  first_received_at timestamptz, claim_id uuid, patient_id uuid, encounter_id uuid, prescription_id uuid,
  determination_id uuid, entity text, status text, bucket text, orderable boolean, reason text, raw_id uuid, position text)
order by r.ncpdp, r.rx_number, r.fill_number, r.date_of_service, r.dispensing_status
on conflict (tenant_id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status) do update set
  state = excluded.state, ever_paid = excluded.ever_paid, ndc_text = excluded.ndc_text, ndc11 = excluded.ndc11,
  quantity = excluded.quantity, unit = excluded.unit, days_supply = excluded.days_supply,
  written_date = excluded.written_date, prescriber_id = excluded.prescriber_id, bin = excluded.bin, pcn = excluded.pcn,
  payer_group = excluded.payer_group, plan_type = excluded.plan_type, first_received_at = excluded.first_received_at,
  claim_id = excluded.claim_id, patient_id = excluded.patient_id, encounter_id = excluded.encounter_id,
  prescription_id = excluded.prescription_id, determination_id = excluded.determination_id, entity = excluded.entity,
  status = excluded.status, bucket = excluded.bucket, orderable = excluded.orderable, reason = excluded.reason,
  raw_id = excluded.raw_id, position = excluded.position
