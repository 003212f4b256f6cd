-- Prolongs a lease that is still ours: whoever took it meanwhile raised its token, and what was given back stays so. Answers nothing when it is lost.
-- Served by lease's primary key.
update lease l set expires_at = t.at
from (select clock_timestamp() + make_interval(secs => $3::float8) as at) t
where l.name = $1 and l.token = $2 and l.expires_at > '-infinity'
returning l.token;
