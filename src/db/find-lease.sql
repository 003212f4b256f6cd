-- Who holds a lease at this moment.
-- Served by lease's primary key.
select l.owner from lease l where l.name = $1 and l.expires_at > clock_timestamp();
