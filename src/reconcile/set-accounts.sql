-- Notes on each invoice version whose account it is, by the account master as known now.
-- Served by invoice's primary key.
update invoice i set account_type = n.account_type, entity = n.entity, ncpdp = n.ncpdp
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as n (id, account_type, entity, ncpdp)
where i.tenant_id = $1::uuid and i.id = n.id
  and (i.account_type, i.entity, i.ncpdp) is distinct from (n.account_type, n.entity, n.ncpdp);
