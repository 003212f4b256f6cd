-- L8: allocations of an invoice line sum to at most its quantity, those of a dispense to at most its accrued quantity.
-- Served by allocation_line, allocation_dispense.
select 'invoice_line ' || l.id || ' repays ' || sum(a.quantity) || ' of ' || coalesce(l.effective_quantity, 0) as breach
from allocation a
join invoice_line l on l.tenant_id = $1::uuid and l.id = a.invoice_line_id
where a.tenant_id = $1::uuid and a.superseded_at is null
group by l.id, l.effective_quantity having sum(a.quantity) > coalesce(l.effective_quantity, 0)
union all
select 'dispense ' || d.id || ' is repaid ' || sum(a.quantity) || ' of ' || coalesce(d.quantity, 0)
from allocation a
join dispense d on d.tenant_id = $1::uuid and d.id = a.dispense_id
where a.tenant_id = $1::uuid and a.superseded_at is null
group by d.id, d.quantity, d.state, d.bucket having sum(a.quantity) > case when d.state = 'OPEN' and d.bucket is not null then coalesce(d.quantity, 0) else 0 end
union all
select 'invoice_line ' || l.id || ' says ' || l.allocated_quantity || ' allocated, its allocations say ' || coalesce(sum(a.quantity), 0)
from invoice_line l
left join allocation a on a.tenant_id = $1::uuid and a.invoice_line_id = l.id and a.superseded_at is null
where l.tenant_id = $1::uuid
group by l.id, l.allocated_quantity having l.allocated_quantity <> coalesce(sum(a.quantity), 0)
