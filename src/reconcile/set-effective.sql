-- Sets what each line supplies after the credits that reduce it.
-- Served by invoice_line's primary key.
update invoice_line l set effective_quantity = n.quantity
from unnest($2::uuid[], $3::numeric[]) as n (id, quantity)
where l.tenant_id = $1::uuid and l.id = n.id and l.effective_quantity is distinct from n.quantity;
