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
order by t6.place), '') || ']' as j from jsonb_array_elements(case jsonb_typeof(t5.verdicts) when 'array' then t5.verdicts else '[]'::jsonb end) with ordinality t6(value, place)) t7 on true
left join lateral (select '{"nodes":' || '[' || coalesce(string_agg(t9.c0, ','
order by t9.n) filter (where t9.n <= $4::int), '') || ']' || '}' as j
from (select t8.page_row as n, '{"posting":' || to_json((t8.posting)::text)::text || ',"quantity":' || '"' || (t8.quantity)::text || '"' || '}' as c0
from (select t10.*, row_number() over (order by t10.id) as page_row from accumulator_entry t10
where t10.tenant_id = $1::uuid and t10.dispense_id = t1.id
order by t10.id limit $4::int) t8) t9) t11 on true) t2
