-- Replaces all that the given sources ($2) raise by the given causes ($3) and marks the cases whose causes changed.
-- Served by exception_cause_source, exception_cause_pkey.
with wanted as (
  select distinct on (code, subject, source) code, subject, source, detail, dollars, dispense_id, invoice_line_id
  from json_to_recordset($3::text::json) as r(
    code text, subject text, source text, detail text, dollars numeric, dispense_id uuid, invoice_line_id uuid)
),
gone as (
  delete from exception_cause c
  where c.tenant_id = $1::uuid
    and c.source = any ($2::text[])
    and not exists (
      select from wanted w where w.code = c.code and w.subject = c.subject and w.source = c.source)
  returning c.code, c.subject
),
put as (
  insert into exception_cause as c
    (tenant_id, code, subject, source, detail, dollars, dispense_id, invoice_line_id)
  select $1::uuid, code, subject, source, detail, dollars, dispense_id, invoice_line_id
  from wanted
  order by code, subject, source
  on conflict (tenant_id, code, subject, source) do update
    set detail = excluded.detail,
        dollars = excluded.dollars,
        dispense_id = excluded.dispense_id,
        invoice_line_id = excluded.invoice_line_id
    where (c.detail, c.dollars, c.dispense_id, c.invoice_line_id)
      is distinct from (excluded.detail, excluded.dollars, excluded.dispense_id, excluded.invoice_line_id)
  returning c.code, c.subject
)
insert into exception_work (tenant_id, code, subject, cause)
select $1::uuid, code, subject, 'CAUSE'
from (select code, subject from gone union select code, subject from put) touched
order by code, subject
on conflict (tenant_id, code, subject) do update set cause = excluded.cause
