-- Makes the given causes all that the given sources raise, and marks every (code, subject) that gained, lost or changed one.
-- Served by exception_cause_source, exception_cause's primary key.
with wanted as (
  select n.code, n.subject, n.source, n.detail, n.dollars, n.dispense_id, n.invoice_line_id
  from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::uuid[], $9::uuid[])
    as n (code, subject, source, detail, dollars, dispense_id, invoice_line_id)
), gone as (
  delete from exception_cause c
  where c.tenant_id = $1::uuid and c.source = any($2::text[])
    and not exists (select 1 from wanted w where w.code = c.code and w.subject = c.subject and w.source = c.source)
  returning c.code, c.subject
), stored as (
  insert into exception_cause (tenant_id, code, subject, source, detail, dollars, dispense_id, invoice_line_id)
  select $1::uuid, w.code, w.subject, w.source, w.detail, w.dollars, w.dispense_id, w.invoice_line_id
  from wanted w
  order by w.code, w.subject, w.source
  on conflict (tenant_id, code, subject, source) do update set
    detail = excluded.detail, dollars = excluded.dollars, dispense_id = excluded.dispense_id, invoice_line_id = excluded.invoice_line_id
  where (exception_cause.detail, exception_cause.dollars, exception_cause.dispense_id, exception_cause.invoice_line_id)
    is distinct from (excluded.detail, excluded.dollars, excluded.dispense_id, excluded.invoice_line_id)
  returning code, subject
), touched as (
  select code, subject from gone union select code, subject from stored
)
insert into exception_work (tenant_id, code, subject, cause)
select $1::uuid, t.code, t.subject, 'CAUSES' from touched t order by t.code, t.subject
on conflict (tenant_id, code, subject) do update set cause = excluded.cause;
