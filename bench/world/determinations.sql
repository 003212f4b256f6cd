-- A determination of each dispense, and one of a losing entity of each second; the verdicts are the same eleven results everywhere.
-- Served by dispense's primary key, rule_result_same.
with stated as (
  insert into rule_result (tenant_id, number, digest, rule, answer, reason, evidence)
  select $1::uuid, r.place, 'bench ' || r.rule, r.rule, 'PASS', 'COVERED', '[{"kind": "encounter", "of": "listed", "note": "QUALIFIES"}]'
  from unnest(array['ENTITY_PARTICIPATING', 'PHARMACY_REGISTERED', 'PATIENT_MATCHED', 'ENCOUNTER_QUALIFYING', 'PRESCRIBER_AFFILIATED',
    'PRESCRIPTION_ORIGIN', 'DRUG_COVERED', 'MEDICAID_CARVE', 'MANUFACTURER_POLICY', 'CLAIM_TIMELY', 'NOT_DUPLICATE'])
    with ordinality as r (rule, place)
  on conflict do nothing
)
insert into determination (tenant_id, id, dispense_id, patient_id, encounter_id, prescription_id, policy_version_id, claim_id,
  decided_at, decision_date, sequence, orderable, provisional, absence, current, winning, entity, status, bucket, reason, verdicts)
select $1::uuid, case when o.winning then d.determination_id else gen_random_uuid() end, d.id, d.patient_id, d.encounter_id,
  d.prescription_id, null, null, timestamptz '2026-03-02 18:00Z', date '2026-03-02', 1, o.winning and d.orderable, false, false, true,
  o.winning, case when o.winning then d.entity else 'CAH340002' end, case when o.winning then d.status else 'INELIGIBLE' end,
  case when o.winning then d.bucket end, case when o.winning then d.reason else 'ENCOUNTER_QUALIFYING' end, v.verdicts
from dispense d
cross join lateral (
  select true as winning union all select false where d.rx_number::int % 2 = 0
) o
cross join (
  select decode('0b' || string_agg(lpad(to_hex(n), 6, '0'), '' order by n) || string_agg(replace(gen_random_uuid()::text, '-', ''), ''), 'hex') as verdicts
  from generate_series(1, 11) as n
) v
where d.tenant_id = $1::uuid
