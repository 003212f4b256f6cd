-- The highest control number that a partner was ever given.
-- Served by edi_interchange_serial.
select i.serial as last
from edi_interchange i
where i.tenant_id = $1::uuid and i.partner = $2::text
order by i.serial desc
limit 1
