-- Every dispense's state and every current determination with its eleven answers, by natural key, without ids and times.
-- A dispense whose claims moved to another pharmacy key (an NPI that became known) stays as history and is left out.
-- Served by dispense_identity, determination_current.
select concat_ws('|', d.ncpdp, d.rx_number, d.fill_number, d.date_of_service, d.dispensing_status, d.state, d.ndc11, d.quantity, d.entity, d.status, d.bucket, d.orderable, d.reason,
  coalesce((
    select string_agg(concat_ws('~', t.entity, t.status, t.bucket, t.orderable, t.reason, t.winning, t.decision_date >= d.date_of_service,
      (select string_agg(concat_ws(':', v ->> 'rule', v ->> 'answer', v ->> 'reason'), ',' order by ordinality) from jsonb_array_elements(t.verdicts) with ordinality as a (v, ordinality)),
      (select p.source_system || '/' || p.key from patient p where p.tenant_id = $1::uuid and p.id = t.patient_id),
      (select e.source_system || '/' || e.visit_number from encounter e where e.tenant_id = $1::uuid and e.id = t.encounter_id),
      (select r.source_system || '/' || r.order_number from prescription r where r.tenant_id = $1::uuid and r.id = t.prescription_id)), ';' order by t.entity collate "C")
    from determination t where t.tenant_id = $1::uuid and t.dispense_id = d.id and t.current), '')) as line
from dispense d
where d.tenant_id = $1::uuid
  and exists (select 1 from claim_transaction c where c.tenant_id = $1::uuid and c.ncpdp = d.ncpdp and c.rx_number = d.rx_number);
