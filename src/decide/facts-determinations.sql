-- The latest determination of each candidate entity of the given dispenses, current or superseded.
-- Served by determination_sequence.
select distinct on (t.dispense_id, t.entity) t.id, t.dispense_id as "dispenseId", t.entity, t.sequence, t.status, t.bucket,
  t.orderable, t.reason, t.provisional, t.patient_id as "patientId", t.encounter_id as "encounterId",
  t.prescription_id as "prescriptionId", t.verdicts, t.current, t.winning
from unnest($2::uuid[]) as k (dispense_id)
join determination t on t.tenant_id = $1::uuid and t.dispense_id = k.dispense_id
order by t.dispense_id, t.entity, t.sequence desc
