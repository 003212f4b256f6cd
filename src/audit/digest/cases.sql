-- Open exception cases that follow from facts, by code and subject.
-- Served by exception_case_state.
select concat_ws('|', c.code, c.subject, c.severity, c.dollars) as line
from exception_case c
where c.tenant_id = $1::uuid and c.state <> 'RESOLVED'
