-- Stops an API key from now on.
-- Served by api_key_pkey.
update api_key set revoked_at = $2::timestamptz
where key_id = $1::text and revoked_at is null;
