-- Stores a tenant by its name and answers its id; the first id stays.
-- Served by tenant_name_unique.
insert into tenant (id, name, title, zone) values ($1::uuid, $2, $3, $4)
on conflict (name) do update set title = excluded.title, zone = excluded.zone
returning id;
