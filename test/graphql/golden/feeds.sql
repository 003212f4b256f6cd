select '{"nodes":' || '[' || coalesce(string_agg(t2.c0, ','
order by t2.n) filter (where t2.n <= $3::int), '') || ']' || '}' as j
from (select t1.page_row as n, '{"name":' || to_json((t1.name)::text)::text || ',"health":' || coalesce(case (case when t1.paused then 'PAUSED'
    when exists (select 1 from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and x.state = 'QUARANTINED') then 'FAILING'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and true) is null then 'SILENT'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and true) < $2::timestamptz - make_interval(secs => t1.error_after_seconds) then 'SILENT'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and true) < $2::timestamptz - make_interval(secs => t1.warn_after_seconds) then 'LATE'
    else 'FRESH' end) when 'FRESH' then '"FRESH"' when 'LATE' then '"LATE"' when 'FAILING' then '"FAILING"' when 'SILENT' then '"SILENT"' when 'PAUSED' then '"PAUSED"' end, 'null') || ',"lagSeconds":' || coalesce(((floor(extract(epoch from $2::timestamptz - (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and true)))::int))::text, 'null') || ',"bad":' || coalesce((((select coalesce(sum(x.rejected), 0) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t1.name and x.received_at >= $2::timestamptz - interval '24 hours')))::text, chr(1)) || '}' as c0
from (select t3.*, row_number() over (order by t3.name) as page_row from feed t3
where t3.tenant_id = $1::uuid and (case when t3.paused then 'PAUSED'
    when exists (select 1 from raw_state x
where x.tenant_id = $1::uuid and x.feed = t3.name and x.state = 'QUARANTINED') then 'FAILING'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t3.name and true) is null then 'SILENT'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t3.name and true) < $2::timestamptz - make_interval(secs => t3.error_after_seconds) then 'SILENT'
    when (select max(x.received_at) from raw_state x
where x.tenant_id = $1::uuid and x.feed = t3.name and true) < $2::timestamptz - make_interval(secs => t3.warn_after_seconds) then 'LATE'
    else 'FRESH' end) = any($4::text[])
order by t3.name limit $3::int) t1) t2
