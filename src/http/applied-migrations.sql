-- Migrations that this database has.
-- Served by schema_migration_pkey.
select m.name, m.sha256 from schema_migration m;
