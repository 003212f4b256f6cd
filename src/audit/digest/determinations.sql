-- Every dispense's state and every current determination with its eleven answers, by natural key, without ids and times.
-- A dispense whose claims moved to another pharmacy key (an NPI that became known) stays as history and is left out.
-- Served by dispense_identity, determination_dispense, rule_result's primary key.
select concat_ws('|', d.ncpdp, d.rx_number, d.fill_number, d.date_of_service, d.dispensing_status, d.state, d.ndc11, d.quantity, d.entity, d.status, d.bucket, d.orderable, d.reason,
  coalesce((
    select string_agg(concat_ws('~', t.entity, t.status, t.bucket, t.orderable, t.reason, t.winning, t.decision_date >= d.date_of_service,
      (select string_agg(concat_ws(':', v.rule, v.answer, v.reason), ',' order by v.place)
        from (
          select min(p.place) as place, r.rule, r.answer, r.reason
          from generate_series(1, get_byte(t.verdicts, 0)) as p (place)
          join rule_result r on r.tenant_id = $1::uuid
            and r.number = (get_byte(t.verdicts, 3 * p.place - 2) << 16) + (get_byte(t.verdicts, 3 * p.place - 1) << 8) + get_byte(t.verdicts, 3 * p.place)
          group by r.rule, r.answer, r.reason) v),
      (select p.source_system || '/' || p.key from patient p where p.tenant_id = $1::uuid and p.id = t.patient_id),
      (select e.source_system || '/' || e.visit_number from encounter e where e.tenant_id = $1::uuid and e.id = t.encounter_id),
      (select r.source_system || '/' || r.order_number from prescription r where r.tenant_id = $1::uuid and r.id = t.prescription_id)), ';' order by t.entity collate "C")
    from determination t where t.tenant_id = $1::uuid and t.dispense_id = d.id and t.current), '')) as line
from dispense d
where d.tenant_id = $1::uuid
  and exists (select 1 from claim_transaction c where c.tenant_id = $1::uuid and c.ncpdp = d.ncpdp and c.rx_number = d.rx_number);
