-- Claims of a batch may come beside other claims of it, but not beside responses to it.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text || $2::text, 340))
