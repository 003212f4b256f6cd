-- Gives a lease back by letting it expire; the row stays, because its token must never be used again.
-- Served by lease's primary key.
update lease l set expires_at = '-infinity' where l.name = $1 and l.token = $2;
