-- The dispenses of all claims as deciding would leave them, without having decided: for benches that only read.
-- Served by patient_key, encounter_visit, prescription_order.
insert into dispense (tenant_id, id, ncpdp, rx_number, fill_number, date_of_service, dispensing_status, state, ever_paid,
  ndc_text, ndc11, quantity, unit, days_supply, written_date, prescriber_id, bin, pcn, payer_group, plan_type,
  first_received_at, claim_id, patient_id, encounter_id, prescription_id, determination_id, entity, status, bucket,
  orderable, reason, raw_id, position)
select $1::uuid, gen_random_uuid(), c.ncpdp, c.rx_number, c.fill_number, c.date_of_service, c.dispensing_status, 'OPEN', true,
  c.ndc_text, c.ndc_text, c.quantity, c.unit, c.days_supply, c.written_date, c.prescriber_id, c.bin, c.pcn, c.payer_group, 'COMMERCIAL',
  c.received_at, c.id, p.id, e.id, r.id, gen_random_uuid(), 'DSH340001', a.status, case a.status when 'ELIGIBLE' then '340B' end,
  a.status = 'ELIGIBLE', case a.status when 'INELIGIBLE' then 'ENCOUNTER_QUALIFYING' end, c.raw_id, c.position
from claim_transaction c
cross join lateral (
  select (c.rx_number::int - 1000001) / 4 as patient, (c.rx_number::int - 1000001) % 4 + 1 as visit,
    case when c.rx_number::int % 3 = 0 then 'INELIGIBLE' else 'ELIGIBLE' end as status
) a
left join patient p on p.tenant_id = $1::uuid and p.source_system = 'ehr' and p.key = 'P' || a.patient
left join encounter e on e.tenant_id = $1::uuid and e.source_system = 'ehr' and e.visit_number = p.key || 'V' || a.visit
left join prescription r on r.tenant_id = $1::uuid and r.source_system = 'ehr' and r.order_number = e.visit_number || 'O'
where c.tenant_id = $1::uuid and c.code = 'B1'
