-- A claim or response came: its own prescription, named by the keys (pharmacy|Rx).
-- Served by decision_work's primary key.
insert into decision_work (tenant_id, ncpdp, rx_number, cause)
select distinct $1::uuid, split_part(k.key, '|', 1) as ncpdp, substr(k.key, strpos(k.key, '|') + 1) as rx_number, 'CLAIM'
from unnest($2::text[]) as k (key)
order by ncpdp, rx_number
on conflict (tenant_id, ncpdp, rx_number) do update set cause = excluded.cause
