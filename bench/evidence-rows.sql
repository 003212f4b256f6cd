-- All determinations with the claim of their dispense, in the order in which they were written.
-- Served by determination's primary key.
select t.id, t.dispense_id, t.entity, t.sequence, t.status, t.bucket, t.orderable, t.reason, t.provisional, t.patient_id,
  t.encounter_id, t.prescription_id, t.verdicts, t.policy_version_id, t.decision_date, t.decided_at, t.current, t.winning, d.claim_id
from determination t
join dispense d on d.tenant_id = $1::uuid and d.id = t.dispense_id
where t.tenant_id = $1::uuid
order by t.id
