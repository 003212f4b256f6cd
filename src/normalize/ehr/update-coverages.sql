-- Writes what the statements about some coverages add up to; each row is there and locked, so every insert meets it by its id.
-- Served by the primary key of coverage.
insert into coverage (
  tenant_id, id, source_system, number, patient_id, status, kind, payer_name, payer_id, plan_code, bin, pcn, payer_group,
  cardholder, priority, valid_from, valid_to, sources, raw_id, position)
select
  $1::uuid, x.id, x."sourceSystem", x.key, x."patientId", x.status, x.kind, x."payerName", x."payerId", x."planCode", x.bin,
  x.pcn, x."payerGroup", x.cardholder, x.priority, x."validFrom", x."validTo", x.sources, x."rawId", x.position
from json_to_recordset($2::text::json) as x(
  id uuid, "sourceSystem" text, key text, "patientId" uuid, status text, kind text, "payerName" text, "payerId" text,
  "planCode" text, bin text, pcn text, "payerGroup" text, cardholder text, priority text, "validFrom" date, "validTo" date,
  sources jsonb, "rawId" uuid, position text)
on conflict (tenant_id, id) do update set
  patient_id = excluded.patient_id, status = excluded.status, kind = excluded.kind, payer_name = excluded.payer_name,
  payer_id = excluded.payer_id, plan_code = excluded.plan_code, bin = excluded.bin, pcn = excluded.pcn,
  payer_group = excluded.payer_group, cardholder = excluded.cardholder, priority = excluded.priority,
  valid_from = excluded.valid_from, valid_to = excluded.valid_to, sources = excluded.sources, raw_id = excluded.raw_id,
  position = excluded.position
