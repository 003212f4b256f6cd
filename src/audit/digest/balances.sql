-- Balances of every ledger key on which anything stands.
-- Served by accumulator_balance_key.
select concat_ws('|', b.entity, b.ncpdp, b.ndc11, b.bucket, b.dispensed, b.available, b.on_order, b.replenished, b.adjustment) as line
from accumulator_balance b
where b.tenant_id = $1::uuid and (b.dispensed, b.available, b.on_order, b.replenished, b.adjustment) <> (0, 0, 0, 0, 0)
