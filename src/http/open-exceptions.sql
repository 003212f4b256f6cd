-- Open exception cases of the tenant by code.
-- Served by exception_case_state.
select e.code, count(*)::int as open
from exception_case e
where e.tenant_id = $1::uuid and e.state = 'OPEN'
group by e.code
order by e.code;
