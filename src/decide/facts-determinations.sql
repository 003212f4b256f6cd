-- The determinations in force of the given dispenses.
-- Served by determination_dispense.
select t.id, t.dispense_id as "dispenseId", t.entity, t.status, t.bucket, t.orderable, t.reason, t.provisional, t.absence,
  t.patient_id as "patientId", t.encounter_id as "encounterId", t.prescription_id as "prescriptionId",
  encode(t.verdicts, 'hex') as "verdicts", t.winning
from unnest($2::uuid[]) as k (dispense_id)
join determination t on t.tenant_id = $1::uuid and t.dispense_id = k.dispense_id and t.current
