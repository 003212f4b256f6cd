-- L9: every dispense, invoice line and record of an EHR traces to stored raw bytes; determinations and lines to their parents.
-- Served by raw_state's primary key (one per raw message, L2).
select k.kind || ' ' || k.id || ' names raw message ' || k.raw_id || ', which is not stored' as breach
from (
  select 'dispense' as kind, d.id, d.raw_id from dispense d where d.tenant_id = $1::uuid
  union all select 'claim_transaction', c.id, c.raw_id from claim_transaction c where c.tenant_id = $1::uuid
  union all select 'invoice_line', l.id, l.raw_id from invoice_line l where l.tenant_id = $1::uuid
  union all select 'encounter', e.id, e.raw_id from encounter e where e.tenant_id = $1::uuid
  union all select 'prescription', p.id, p.raw_id from prescription p where p.tenant_id = $1::uuid
  union all select 'coverage', c.id, c.raw_id from coverage c where c.tenant_id = $1::uuid
  union all select 'referral', r.id, r.raw_id from referral r where r.tenant_id = $1::uuid
  union all select 'consult_note', n.id, n.raw_id from consult_note n where n.tenant_id = $1::uuid
) k
where not exists (select 1 from raw_state s where s.tenant_id = $1::uuid and s.raw_id = k.raw_id)
union all
select 'determination ' || t.id || ' judges a dispense that is not there'
from determination t
where t.tenant_id = $1::uuid and not exists (select 1 from dispense d where d.tenant_id = $1::uuid and d.id = t.dispense_id)
union all
select 'determination ' || t.id || ' names a rule result that is not there'
from determination t
where t.tenant_id = $1::uuid and exists (
  select from generate_series(1, get_byte(t.verdicts, 0)) as p (place)
  where not exists (select from rule_result r where r.tenant_id = $1::uuid
    and r.number = (get_byte(t.verdicts, 3 * p.place - 2) << 16) + (get_byte(t.verdicts, 3 * p.place - 1) << 8) + get_byte(t.verdicts, 3 * p.place)))
union all
select 'invoice_line ' || l.id || ' belongs to an invoice that is not there'
from invoice_line l
where l.tenant_id = $1::uuid and not exists (select 1 from invoice i where i.tenant_id = $1::uuid and i.id = l.invoice_id)
