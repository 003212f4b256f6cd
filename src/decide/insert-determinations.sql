-- Adds determinations whose content is new: the first of a new dispense, or behind the last of their dispense and entity.
-- Served by determination_dispense.
insert into determination (tenant_id, id, dispense_id, patient_id, encounter_id, prescription_id, policy_version_id, claim_id,
  decided_at, decision_date, sequence, orderable, provisional, absence, current, winning, entity, status, bucket, reason, verdicts)
select $1::uuid, r.id, r.dispense_id, r.patient_id, r.encounter_id, r.prescription_id, $17::uuid, null,
  $19::timestamptz, $18::date,
  case when r.first then 1 else 1 + coalesce((
    select max(t.sequence) from determination t
    where t.tenant_id = $1::uuid and t.dispense_id = r.dispense_id and t.entity = r.entity), 0) end,
  r.orderable, r.provisional, r.absence, true, r.winning, r.entity, r.status, r.bucket, r.reason, decode(r.verdicts, 'hex')
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::boolean[], $8::boolean[], $9::boolean[],
    $10::boolean[], $11::boolean[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[])
  as r (id, dispense_id, patient_id, encounter_id, prescription_id, first, orderable, provisional,
    absence, winning, entity, status, bucket, reason, verdicts)
