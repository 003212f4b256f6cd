-- Answers of the dispenses that the claims of one payload belong to, and how many of them have an encounter.
-- Served by dispense_identity; the claims of the payload are read once, inside a rehearsal.
select d.status, d.reason, count(*)::int as dispenses, count(d.encounter_id)::int as linked
from dispense d
where d.tenant_id = $1::uuid and (d.ncpdp, d.rx_number) in (
  select c.ncpdp, c.rx_number from claim_transaction c where c.tenant_id = $1::uuid and c.raw_id = $2::uuid
)
group by d.status, d.reason
order by dispenses desc, d.status, d.reason;
