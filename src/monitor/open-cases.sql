-- Opens the given cases, opens closed ones again, and keeps the dollars and the sentence of open ones up to date.
-- Served by exception_case_subject.
insert into exception_case as c
  (tenant_id, id, code, subject, severity, state, detail, dollars, opened_at, closed_at, due_at)
select $1::uuid, r.id, r.code, r.subject, r.severity, 'OPEN', r.detail, r.dollars, $3::timestamptz, null, r.due_at
from json_to_recordset($2::json) as r (id uuid, code text, subject text, severity text, detail text, dollars numeric,
  due_at timestamptz)
order by r.code, r.subject
on conflict (tenant_id, code, subject) do update set
  severity = excluded.severity, detail = excluded.detail, dollars = excluded.dollars,
  state = case when c.state = 'RESOLVED' then 'OPEN' else c.state end,
  opened_at = case when c.state = 'RESOLVED' then excluded.opened_at else c.opened_at end,
  due_at = case when c.state = 'RESOLVED' then excluded.due_at else c.due_at end,
  closed_at = null
