-- Adds determinations whose content is new.
-- Served by determination_sequence.
insert into determination (tenant_id, id, dispense_id, entity, sequence, status, bucket, orderable, reason, provisional,
  patient_id, encounter_id, prescription_id, verdicts, policy_version_id, decision_date, decided_at, current, winning)
select $1::uuid, r.id, r.dispense_id, r.entity, r.sequence, r.status, r.bucket, r.orderable, r.reason, r.provisional,
  r.patient_id, r.encounter_id, r.prescription_id, r.verdicts, $3::uuid, $4::date, $5::timestamptz, true, r.winning
from json_to_recordset($2::json) as r (id uuid, dispense_id uuid, entity text, sequence int, status text, bucket text,
  orderable boolean, reason text, provisional boolean, patient_id uuid, encounter_id uuid, prescription_id uuid,
  verdicts jsonb, winning boolean)
