-- Answers of the dispenses that the claims of one payload belong to, and how many have an encounter. $3 is the lowest id of a claim made since the rehearsal began.
-- Served by claim_transaction's primary key, dispense_identity.
select d.status, d.reason, count(*)::int as dispenses, count(d.encounter_id)::int as linked
from (
  select distinct c.ncpdp, c.rx_number
  from claim_transaction c
  where c.tenant_id = $1::uuid and c.id >= $3::uuid and c.raw_id = $2::uuid
) k
join dispense d on d.tenant_id = $1::uuid and d.ncpdp = k.ncpdp and d.rx_number = k.rx_number
group by d.status, d.reason
order by dispenses desc, d.status, d.reason;
