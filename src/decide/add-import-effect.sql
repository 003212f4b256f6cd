-- Dispenses that a file had decided again; its changes may be taken in several batches.
-- Served by the primary key of import_effect.
insert into import_effect as e (tenant_id, raw_id, dispenses)
select $1::uuid, $2::uuid, $3::integer
on conflict (tenant_id, raw_id) do update set dispenses = e.dispenses + excluded.dispenses
