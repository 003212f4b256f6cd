-- Adds determinations whose content is new, each behind the last of its dispense and entity.
-- Served by determination_sequence.
insert into determination (tenant_id, id, dispense_id, entity, sequence, status, bucket, orderable, reason, provisional,
  patient_id, encounter_id, prescription_id, verdicts, policy_version_id, decision_date, decided_at, current, winning)
select $1::uuid, r.id, r.dispense_id, r.entity,
  1 + coalesce((
    select max(t.sequence) from determination t
    where t.tenant_id = $1::uuid and t.dispense_id = r.dispense_id and t.entity = r.entity), 0),
  r.status, r.bucket, r.orderable, r.reason, r.provisional,
  r.patient_id, r.encounter_id, r.prescription_id, r.verdicts, $3::uuid, $4::date, $5::timestamptz, true, r.winning
from json_to_recordset($2::json) as r (id uuid, dispense_id uuid, entity text, status text, bucket text,
  orderable boolean, reason text, provisional boolean, patient_id uuid, encounter_id uuid, prescription_id uuid,
  verdicts jsonb, winning boolean)
