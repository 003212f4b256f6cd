-- Keeps a new API key, hashed.
-- Served by api_key_pkey.
insert into api_key (key_id, for_tenant, name, role, sha256, created_at, expires_at)
values ($1::text, $2::uuid, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz);
