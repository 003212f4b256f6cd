-- One worker at a time brings responses to a batch of claims, and none brings requests meanwhile: met apart, they would miss each other.
-- Served by no table: an advisory lock that ends with the transaction.
select pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::text, 340))
