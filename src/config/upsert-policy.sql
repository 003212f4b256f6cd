-- Stores the policy version of a start date; answers its id when it is new or changed.
-- Served by policy_version_from.
insert into policy_version (tenant_id, id, valid_from, parameters, approved_by, known_from)
values ($1::uuid, $2::uuid, $3::date, $4::text::jsonb, $5, $6::timestamptz)
on conflict (tenant_id, valid_from) do update set parameters = excluded.parameters, approved_by = excluded.approved_by, known_from = excluded.known_from
where policy_version.parameters <> excluded.parameters
returning id;
