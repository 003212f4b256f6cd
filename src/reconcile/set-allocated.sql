-- Notes on each supply line how much of it repays something.
-- Served by invoice_line's primary key.
update invoice_line l set allocated_quantity = n.quantity, state = n.state
from unnest($2::uuid[], $3::numeric[], $4::text[]) as n (id, quantity, state)
where l.tenant_id = $1::uuid and l.id = n.id and (l.allocated_quantity, l.state) is distinct from (n.quantity, n.state);
