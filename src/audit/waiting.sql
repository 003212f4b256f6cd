-- How much waits for any stage of the tenant.
-- Served by raw_state_pending, message_replay_running, edi_group_waiting, data_import_waiting and the primary keys of the work tables.
select (select count(*) from raw_state s where s.tenant_id = $1::uuid and s.state = 'PENDING')
  + (select count(*) from message_replay r where r.tenant_id = $1::uuid and r.state = 'RUNNING')
  + (select coalesce(sum(cardinality(c.keys)), 0) from change c where c.tenant_id = $1::uuid)
  + (select count(*) from decision_work w where w.tenant_id = $1::uuid)
  + (select count(*) from accumulator_work w where w.tenant_id = $1::uuid)
  + (select count(*) from invoice_work w where w.tenant_id = $1::uuid)
  + (select count(*) from allocation_work w where w.tenant_id = $1::uuid)
  + (select count(*) from edi_group g where g.tenant_id = $1::uuid and g.state = 'WAITING')
  + (select count(*) from data_import d where d.tenant_id = $1::uuid and d.waiting)
  + (select count(*) from exception_work w where w.tenant_id = $1::uuid) as waiting;
