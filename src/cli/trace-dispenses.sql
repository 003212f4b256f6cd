-- The chain of the given dispenses as one JSON document each, with the feed and position every link came from.
-- Served by the primary keys, rule_result's primary key, accumulator_entry_dispense, allocation_dispense, exception_cause_dispense.
select jsonb_build_object(
  'dispense', jsonb_build_object('id', d.id, 'pharmacy', d.ncpdp, 'rxNumber', d.rx_number, 'fillNumber', d.fill_number, 'dateOfService', d.date_of_service,
    'ndc11', d.ndc11, 'quantity', d.quantity::text, 'unit', d.unit, 'state', d.state,
    'source', (select s.feed || ' ' || d.position from raw_state s where s.tenant_id = $1::uuid and s.raw_id = d.raw_id)),
  'encounter', (select jsonb_build_object('visitNumber', e.visit_number, 'startedAt', e.started_at_text, 'class', e.class, 'site', e.site_id340b,
      'source', (select s.feed || ' ' || e.position from raw_state s where s.tenant_id = $1::uuid and s.raw_id = e.raw_id),
      'sources', (select coalesce(jsonb_agg(jsonb_build_object('message', coalesce(s.feed || ' ', '') || (v ->> 'position'), 'rawId', v ->> 'rawId',
        'trigger', v ->> 'trigger', 'values', v ->> 'values') order by n), '[]')
        from jsonb_array_elements(e.sources) with ordinality as k (v, n)
        left join raw_state s on s.tenant_id = $1::uuid and s.raw_id = (v ->> 'rawId')::uuid))
    from encounter e where e.tenant_id = $1::uuid and e.id = d.encounter_id),
  'prescription', (select jsonb_build_object('orderNumber', p.order_number, 'writtenDate', p.written_date,
      'source', (select s.feed || ' ' || p.position from raw_state s where s.tenant_id = $1::uuid and s.raw_id = p.raw_id),
      'sources', (select coalesce(jsonb_agg(jsonb_build_object('message', coalesce(s.feed || ' ', '') || (v ->> 'position'), 'rawId', v ->> 'rawId',
        'trigger', v ->> 'trigger', 'values', v ->> 'values') order by n), '[]')
        from jsonb_array_elements(p.sources) with ordinality as k (v, n)
        left join raw_state s on s.tenant_id = $1::uuid and s.raw_id = (v ->> 'rawId')::uuid))
    from prescription p where p.tenant_id = $1::uuid and p.id = d.prescription_id),
  'determination', (select jsonb_build_object('entity', t.entity, 'status', t.status, 'bucket', t.bucket, 'reason', t.reason, 'rules', (
      select jsonb_agg(jsonb_build_object('rule', v.rule, 'answer', v.answer, 'reason', v.reason) order by v.place)
      from (
        select min(p.place) as place, r.rule, r.answer, r.reason
        from generate_series(1, get_byte(t.verdicts, 0)) as p (place)
        join rule_result r on r.tenant_id = $1::uuid
          and r.number = (get_byte(t.verdicts, 3 * p.place - 2) << 16) + (get_byte(t.verdicts, 3 * p.place - 1) << 8) + get_byte(t.verdicts, 3 * p.place)
        group by r.rule, r.answer, r.reason) v))
    from determination t where t.tenant_id = $1::uuid and t.id = d.determination_id),
  'entries', coalesce((select jsonb_agg(jsonb_build_object('posting', e.posting, 'bucket', e.bucket, 'quantity', e.quantity::text) order by e.id)
    from accumulator_entry e where e.tenant_id = $1::uuid and e.dispense_id = d.id), '[]'),
  'allocations', coalesce((select jsonb_agg(jsonb_build_object('quantity', a.quantity::text, 'invoiceNumber', i.invoice_number, 'account', i.account_number,
      'invoiceDate', i.invoice_date, 'packages', l.packages::text,
      'source', (select s.feed || ' ' || l.position from raw_state s where s.tenant_id = $1::uuid and s.raw_id = l.raw_id)) order by i.invoice_date, i.invoice_number)
    from allocation a
    join invoice_line l on l.tenant_id = $1::uuid and l.id = a.invoice_line_id
    join invoice i on i.tenant_id = $1::uuid and i.id = l.invoice_id
    where a.tenant_id = $1::uuid and a.dispense_id = d.id and a.superseded_at is null), '[]'),
  'exceptions', coalesce((select jsonb_agg(jsonb_build_object('code', c.code, 'subject', c.subject, 'detail', c.detail) order by c.code)
    from exception_cause c where c.tenant_id = $1::uuid and c.dispense_id = d.id), '[]')) as trace
from dispense d
where d.tenant_id = $1::uuid and d.id = any($2::uuid[])
order by d.date_of_service, d.id;
