select '{"totalCount":' || (select count(*) from raw_state t3
where t3.tenant_id = $1::uuid and t3.feed = $2::text and (exists (select 1 from record_error x
where x.tenant_id = $1::uuid and x.raw_id = t3.raw_id)) = $3::boolean)::text || ',"nodes":' || '[' || coalesce(string_agg(t2.c0, ','
order by t2.n) filter (where t2.n <= $5::int), '') || ']' || ',"pageInfo":{"hasNextPage":' || (count(*) > $5::int)::text || '}}' as j
from (select t1.page_row as n, '{"controlId":' || coalesce(to_json((t1_payload.control_id)::text)::text, 'null') || ',"name":null,"state":' || coalesce(case t1.state when 'PENDING' then '"PENDING"' when 'DONE' then '"DONE"' when 'HELD' then '"HELD"' when 'REJECTED' then '"REJECTED"' when 'QUARANTINED' then '"QUARANTINED"' when 'SUPERSEDED' then '"SUPERSEDED"' end, chr(1)) || ',"receivedAt":' || '"' || to_char((t1.received_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"' || ',"rejected":' || (t1.rejected)::text || ',"errors":' || t7.j || ',"supersededBy":' || case when t8.original_id is null then 'null' else '{"editor":' || to_json((t8.editor)::text)::text || ',"reason":null,"edited":' || case when t9.raw_id is null then 'null' else '{"state":' || coalesce(case t9.state when 'PENDING' then '"PENDING"' when 'DONE' then '"DONE"' when 'HELD' then '"HELD"' when 'REJECTED' then '"REJECTED"' when 'QUARANTINED' then '"QUARANTINED"' when 'SUPERSEDED' then '"SUPERSEDED"' end, chr(1)) || '}' end || '}' end || '}' as c0
from (select t10.*, row_number() over (order by t10.raw_id desc) as page_row from raw_state t10
where t10.tenant_id = $1::uuid and t10.feed = $2::text and (exists (select 1 from record_error x
where x.tenant_id = $1::uuid and x.raw_id = t10.raw_id)) = $3::boolean
order by t10.raw_id desc limit $5::int + 1) t1
left join raw_message t1_payload on t1_payload.tenant_id = $1::uuid and t1_payload.month = t1.month and t1_payload.id = t1.raw_id
left join lateral (select '{"nodes":' || '[' || coalesce(string_agg(t5.c0, ','
order by t5.n) filter (where t5.n <= $4::int), '') || ']' || '}' as j
from (select t4.page_row as n, '{"field":' || to_json((t4.field)::text)::text || ',"original":null,"accepted":' || (t4.accepted)::text || '}' as c0
from (select t6.*, row_number() over (order by t6.id) as page_row from record_error t6
where t6.tenant_id = $1::uuid and t6.raw_id = t1.raw_id
order by t6.id limit $4::int) t4) t5) t7 on true
left join message_edit t8 on t8.tenant_id = $1::uuid and t8.original_id = t1.raw_id
left join raw_state t9 on t9.tenant_id = $1::uuid and t9.raw_id = t8.edited_id) t2
