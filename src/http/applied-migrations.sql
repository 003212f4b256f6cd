-- Migrations that this database has.
-- Served by no index: a row for each migration.
select m.name, m.sha256 from schema_migration m;
