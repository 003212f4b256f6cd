-- Whoever gives out a control number of a partner waits for the one before it.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock(hashtextextended($1::uuid::text || ' ' || $2::text, 997))
