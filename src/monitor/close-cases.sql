-- Closes the given cases: nothing stands behind them any more.
-- Served by exception_case_subject.
update exception_case c set state = 'RESOLVED', closed_at = $4::timestamptz, dollars = null
from unnest($2::text[], $3::text[]) as k (code, subject)
where c.tenant_id = $1::uuid and c.code = k.code and c.subject = k.subject and c.state <> 'RESOLVED'
