select '{"totalCount":' || (select count(*) from dispense t3
where t3.tenant_id = $1::uuid and t3.date_of_service >= $2::date and t3.state = $3::text)::text || ',"nodes":' || '[' || coalesce(string_agg(t2.c0, ','
order by t2.n) filter (where t2.n <= $5::int), '') || ']' || ',"pageInfo":{"hasNextPage":' || (count(*) > $5::int)::text || '}}' as j
from (select t1.page_row as n, '{"rxNumber":' || to_json((t1.rx_number)::text)::text || ',"dateOfService":' || '"' || (t1.date_of_service)::text || '"' || ',"pharmacy":' || case when t4.id is null then 'null' else '{"name":' || to_json((t4.name)::text)::text || '}' end || ',"determination":' || case when t5.id is null then 'null' else '{"status":' || coalesce(case t5.status when 'ELIGIBLE' then '"ELIGIBLE"' when 'PENDING' then '"PENDING"' when 'HELD' then '"HELD"' when 'INELIGIBLE' then '"INELIGIBLE"' end, chr(1)) || ',"rules":' || t7.j || '}' end || ',"accumulatorEntries":' || t11.j || '}' as c0
from (select t12.*, row_number() over (order by t12.date_of_service desc, t12.id desc) as page_row from dispense t12
where t12.tenant_id = $1::uuid and t12.date_of_service >= $2::date and t12.state = $3::text
order by t12.date_of_service desc, t12.id desc limit $5::int + 1) t1
left join pharmacy t4 on t4.tenant_id = $1::uuid and t4.known_to is null and t4.ncpdp = t1.ncpdp
left join determination t5 on t5.tenant_id = $1::uuid and t5.id = t1.determination_id
left join lateral (select '[' || coalesce(string_agg('{"code":' || coalesce(to_json(((t6.value ->> 'rule'))::text)::text, 'null') || ',"answer":' || coalesce(case (t6.value ->> 'answer') when 'PASS' then '"PASS"' when 'FAIL' then '"FAIL"' when 'UNKNOWN' then '"UNKNOWN"' when 'NOT_APPLICABLE' then '"NOT_APPLICABLE"' end, 'null') || '}', ','
order by t6.place), '') || ']' as j from jsonb_array_elements((select coalesce(jsonb_agg(jsonb_build_object(
  'rule', v.rule, 'answer', v.answer, 'reason', v.reason, 'evidence', v.evidence) order by v.place), '[]'::jsonb)
from (select min(w.place) as place, w.rule, w.answer, w.reason,
  coalesce(jsonb_agg(jsonb_build_object('kind', w.item ->> 'kind', 'id', case w.item ->> 'of' when 'claim' then coalesce(t5.claim_id, (select x.claim_id from dispense x
where x.tenant_id = $1::uuid and x.id = t5.dispense_id))::text when 'patient' then t5.patient_id::text
    when 'encounter' then t5.encounter_id::text when 'prescription' then t5.prescription_id::text
    when 'listed' then encode(substr(t5.verdicts, 3 * get_byte(t5.verdicts, 0) + 16 * w.listed::int - 14, 16), 'hex')::uuid::text else w.item ->> 'id' end, 'note', w.item ->> 'note')
    order by w.place, w.n) filter (where w.item is not null), '[]'::jsonb) as evidence
from (select p.place, r.rule, r.answer, r.reason, e.item, e.n,
  count(*) filter (where e.item ->> 'of' = 'listed') over (order by p.place, e.n) as listed
from generate_series(1, get_byte(t5.verdicts, 0)) as p (place)
cross join lateral (select r.rule, r.answer, r.reason, r.evidence from rule_result r
where r.tenant_id = $1::uuid and r.number = (get_byte(t5.verdicts, 3 * p.place - 2) << 16) + (get_byte(t5.verdicts, 3 * p.place - 1) << 8) + get_byte(t5.verdicts, 3 * p.place)) r
left join lateral jsonb_array_elements(r.evidence) with ordinality e (item, n) on true) w
group by w.rule, w.answer, w.reason) v)) with ordinality t6(value, place)) t7 on true
left join lateral (select '{"nodes":' || '[' || coalesce(string_agg(t9.c0, ','
order by t9.n) filter (where t9.n <= $4::int), '') || ']' || '}' as j
from (select t8.page_row as n, '{"posting":' || to_json((t8.posting)::text)::text || ',"quantity":' || '"' || (t8.quantity)::text || '"' || '}' as c0
from (select t10.*, row_number() over (order by t10.id) as page_row from accumulator_entry t10
where t10.tenant_id = $1::uuid and t10.dispense_id = t1.id
order by t10.id limit $4::int) t8) t9) t11 on true) t2
