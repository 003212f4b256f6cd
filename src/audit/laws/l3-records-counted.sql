-- L3: of every payload read, records = accepted + rejected + duplicate + ignored.
-- Served by raw_state's primary key.
select 'raw_state ' || s.raw_id || ': ' || s.records || ' records, ' || s.accepted || ' accepted, ' || s.rejected || ' rejected, '
  || s.duplicate || ' duplicate, ' || s.ignored || ' ignored' as breach
from raw_state s
where s.tenant_id = $1::uuid and s.records <> s.accepted + s.rejected + s.duplicate + s.ignored
