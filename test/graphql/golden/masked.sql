select '{"nodes":' || '[' || coalesce(string_agg(t2.c0, ','
order by t2.n) filter (where t2.n <= $2::int), '') || ']' || '}' as j
from (select t1.page_row as n, '{"class":' || to_json((t1.class)::text)::text || ',"visitNumber":null,"startedAt":null,"site":' || case when t3.id is null then 'null' else '{"id340b":' || to_json((t3.id340b)::text)::text || ',"name":' || to_json((t3.name)::text)::text || '}' end || ',"patient":null}' as c0
from (select t4.*, row_number() over (order by t4.id) as page_row from encounter t4
where t4.tenant_id = $1::uuid
order by t4.id limit $2::int) t1
left join covered_entity t3 on t3.known_to is null and t3.id340b = t1.site_id340b) t2
