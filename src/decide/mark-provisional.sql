-- Answers that time or a feed has overtaken (12.6): provisional ones whose window closed before $2 while their entity's feed is not late ($3 names
-- the late ones), PENDING ones whose window closed, and failures by absence of entities whose feed has become late.
-- Served by determination_provisional, determination_absent, dispense's primary key.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select $1::uuid, k.ncpdp, k.rx_number, 'CLOCK'
from (
  select d.ncpdp, d.rx_number
  from determination t
  join dispense d on d.tenant_id = $1::uuid and d.id = t.dispense_id
  where t.tenant_id = $1::uuid and t.current and t.provisional and d.date_of_service < $2::date
    and (t.status = 'PENDING' or t.entity <> all ($3::text[]))
  union
  select d.ncpdp, d.rx_number
  from determination t
  join dispense d on d.tenant_id = $1::uuid and d.id = t.dispense_id
  where t.tenant_id = $1::uuid and t.current and t.absence and t.entity = any ($3::text[])
) k
order by k.ncpdp, k.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
-- Marked just now, or on the queue already.
returning xmax = 0 as fresh;
