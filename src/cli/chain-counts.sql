-- Counts of every link of the tenant's chain, and one Rx number whose chain is complete.
-- Served by the primary keys, allocation_dispense.
select (select count(*)::int from encounter e where e.tenant_id = $1::uuid) as encounters,
  (select count(*)::int from prescription p where p.tenant_id = $1::uuid) as prescriptions,
  (select count(*)::int from dispense d where d.tenant_id = $1::uuid) as dispenses,
  (select count(*)::int from dispense d where d.tenant_id = $1::uuid and d.status = 'ELIGIBLE') as eligible,
  (select count(*)::int from invoice_line l where l.tenant_id = $1::uuid) as "invoiceLines",
  (select count(*)::int from exception_case c where c.tenant_id = $1::uuid and c.state <> 'RESOLVED') as cases,
  (select d.rx_number from dispense d
    where d.tenant_id = $1::uuid and d.encounter_id is not null and d.prescription_id is not null
      and exists (select 1 from allocation a where a.tenant_id = $1::uuid and a.dispense_id = d.id and a.superseded_at is null)
    order by d.date_of_service, d.id limit 1) as "exampleRx";
