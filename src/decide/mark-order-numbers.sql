-- Orders came or changed: claims without patient fields whose prescription number they carry or once carried (12.21).
-- Served by prescription's primary key, the primary key of ehr_event, claim_transaction_number.
with numbers as (
  select r.rx_number from prescription r where r.tenant_id = $1::uuid and r.id = any ($2::uuid[])
  union
  -- As stated before: what matched then may match no longer.
  select case when btrim(s.body ->> 'rxNumber') ~ '^[0-9]+$'
    then coalesce(nullif(ltrim(btrim(s.body ->> 'rxNumber'), '0'), ''), '0') else btrim(s.body ->> 'rxNumber') end
  from prescription r
  join ehr_event s on s.tenant_id = $1::uuid and s.source_system = r.source_system and s.kind in ('PRESCRIPTION', 'WITHDRAWN_PRESCRIPTION') and s.key = r.order_number
  where r.tenant_id = $1::uuid and r.id = any ($2::uuid[])
)
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, c.ncpdp, c.rx_number, 'PRESCRIPTION'
from numbers n
join claim_transaction c on c.tenant_id = $1::uuid and c.rx_number = n.rx_number
where c.patient_id_value is null and c.family_compare is null and c.given_compare is null and c.patient_birth_date is null
order by c.ncpdp, c.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
