-- A determination of each dispense, and one of a losing entity of each second; the verdicts are the same texts everywhere.
-- Served by dispense's primary key.
insert into determination (tenant_id, id, dispense_id, entity, sequence, status, bucket, orderable, reason, provisional,
  patient_id, encounter_id, prescription_id, verdicts, policy_version_id, decision_date, decided_at, current, winning)
select $1::uuid, case when o.winning then d.determination_id else gen_random_uuid() end, d.id,
  case when o.winning then d.entity else 'CAH340002' end, 1, case when o.winning then d.status else 'INELIGIBLE' end,
  case when o.winning then d.bucket end, o.winning and d.orderable, case when o.winning then d.reason else 'ENCOUNTER_QUALIFYING' end,
  false, d.patient_id, d.encounter_id, d.prescription_id, v.verdicts, null, date '2026-03-02', timestamptz '2026-03-02 18:00Z', true,
  o.winning
from dispense d
cross join lateral (
  select true as winning union all select false where d.rx_number::int % 2 = 0
) o
cross join (
  select jsonb_agg(jsonb_build_object('rule', rule, 'answer', 'PASS', 'reason', 'COVERED', 'evidence',
    jsonb_build_array(jsonb_build_object('kind', 'encounter', 'id', gen_random_uuid(), 'note', 'QUALIFIES'))) order by place) as verdicts
  from unnest(array['ENTITY_PARTICIPATING', 'PHARMACY_REGISTERED', 'PATIENT_MATCHED', 'ENCOUNTER_QUALIFYING', 'PRESCRIBER_AFFILIATED',
    'PRESCRIPTION_ORIGIN', 'DRUG_COVERED', 'MEDICAID_CARVE', 'MANUFACTURER_POLICY', 'CLAIM_TIMELY', 'NOT_DUPLICATE'])
    with ordinality as r (rule, place)
) v
where d.tenant_id = $1::uuid
