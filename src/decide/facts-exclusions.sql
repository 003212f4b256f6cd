-- Rows of the Medicaid Exclusion File for the tenant's 340B IDs in the given quarters; a quarter without id is loaded without them.
-- Served by medicaid_exclusion_current.
select q.quarter, m.id, m.id340b, m.state, m.start_date as "from", m.termination_date as termination
from unnest($2::text[]) as q (quarter)
left join medicaid_exclusion m on m.known_to is null and m.quarter = q.quarter and m.id340b = any ($3::text[])
where $1::uuid is not null
  and exists (select 1 from medicaid_exclusion x where x.known_to is null and x.quarter = q.quarter)
order by q.quarter, m.id340b, m.state, m.medicaid_number, m.npi, m.start_date
