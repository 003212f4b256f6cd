-- One worker at a time on a batch of claims: its requests and responses, met apart, would each miss the other.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::text, 340))
