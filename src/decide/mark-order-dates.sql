-- Orders came or changed: dispenses of claims without patient fields by prescriber and a written date within $3 days (12.21).
-- Served by prescription's primary key, the primary key of ehr_event, dispense_prescriber, claim_transaction_rx.
with said as (
  select r.id, r.prescriber_npi as npi, r.written_date as written
  from prescription r
  where r.tenant_id = $1::uuid and r.id = any ($2::uuid[])
  union
  select r.id, s.body ->> 'prescriberNpi', (s.body ->> 'writtenDate')::date
  from prescription r
  join ehr_event s on s.tenant_id = $1::uuid and s.source_system = r.source_system and s.kind in ('PRESCRIPTION', 'WITHDRAWN_PRESCRIPTION') and s.key = r.order_number
  where r.tenant_id = $1::uuid and r.id = any ($2::uuid[])
), stated as (
  -- A statement may leave one of the two out: every prescriber ever named with every date ever named.
  select distinct n.npi, w.written from said n join said w on w.id = n.id where n.npi is not null and w.written is not null
)
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, d.ncpdp, d.rx_number, 'PRESCRIPTION'
from stated s
join dispense d on d.tenant_id = $1::uuid and d.prescriber_id = s.npi
  and d.written_date between s.written - $3::int and s.written + $3::int
where exists (
  select from claim_transaction c
  where c.tenant_id = $1::uuid and c.ncpdp = d.ncpdp and c.rx_number = d.rx_number
    and c.patient_id_value is null and c.family_compare is null and c.given_compare is null and c.patient_birth_date is null)
order by d.ncpdp, d.rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
