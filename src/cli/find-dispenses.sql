-- Dispenses that hang together with an id that a person typed: dispense, Rx, order, visit or invoice number.
-- Served by dispense's primary key, dispense_identity, prescription_order, encounter_visit, invoice_version, dispense_patient.
select d.id from dispense d
where d.tenant_id = $1::uuid and d.id = case when lower($2) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then lower($2)::uuid end
union
select d.id
from (
  -- The pharmacies, one look-up each: a number alone stands in no index, and a tenant has few of them.
  with recursive known (ncpdp) as (
    select min(d.ncpdp) from dispense d where d.tenant_id = $1::uuid
    union all
    select (select min(d.ncpdp) from dispense d where d.tenant_id = $1::uuid and d.ncpdp > k.ncpdp) from known k where k.ncpdp is not null
  )
  select ncpdp from known
) k
join dispense d on d.tenant_id = $1::uuid and d.ncpdp = k.ncpdp
  and d.rx_number = case when $2 ~ '^\d+$' then coalesce(nullif(ltrim($2, '0'), ''), '0') else $2 end
union
select d.id from prescription p
join dispense d on d.tenant_id = $1::uuid and d.prescription_id = p.id and d.patient_id = p.patient_id
where p.tenant_id = $1::uuid and p.order_number = $2
union
select d.id from encounter e
join dispense d on d.tenant_id = $1::uuid and d.encounter_id = e.id and d.patient_id = e.patient_id
where e.tenant_id = $1::uuid and (e.visit_number = $2 or e.id::text = lower($2))
union
select a.dispense_id from invoice i
join invoice_line l on l.tenant_id = $1::uuid and l.invoice_id = i.id
join allocation a on a.tenant_id = $1::uuid and a.invoice_line_id = l.id and a.superseded_at is null
where i.tenant_id = $1::uuid and i.invoice_number = $2
order by id
limit $3::int;
