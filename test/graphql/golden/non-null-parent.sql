select '{"nodes":' || '[' || coalesce(string_agg(t2.c0, ','
order by t2.n) filter (where t2.n <= $3::int), '') || ']' || '}' as j
from (select t1.page_row as n, '{"lineNumber":' || to_json((t1.line_number)::text)::text || ',"unitPrice":' || '"' || (t1.unit_price)::text || '"' || ',"invoice":' || case when t3.id is null then chr(1) else '{"number":' || to_json((t3.invoice_number)::text)::text || '}' end || ',"allocations":' || t8.j || '}' as c0
from (select t9.*, row_number() over (order by t9.id) as page_row from invoice_line t9
where t9.tenant_id = $1::uuid
order by t9.id limit $3::int) t1
left join invoice t3 on t3.tenant_id = $1::uuid and t3.id = t1.invoice_id
left join lateral (select '{"nodes":' || '[' || coalesce(string_agg(t5.c0, ','
order by t5.n) filter (where t5.n <= $2::int), '') || ']' || '}' as j
from (select t4.page_row as n, '{"quantity":' || '"' || (t4.quantity)::text || '"' || ',"dispense":' || case when t6.id is null then chr(1) else '{"ndc11":' || coalesce(to_json((t6.ndc11)::text)::text, 'null') || '}' end || '}' as c0
from (select t7.*, row_number() over (order by t7.id) as page_row from allocation t7
where t7.tenant_id = $1::uuid and t7.superseded_at is null and t7.invoice_line_id = t1.id
order by t7.id limit $2::int) t4
left join dispense t6 on t6.tenant_id = $1::uuid and t6.id = t4.dispense_id) t5) t8 on true) t2
