-- The API key of an id, whatever its state.
-- Served by api_key_pkey.
select for_tenant as "forTenant", role, sha256, expires_at as "expiresAt", revoked_at as "revokedAt"
from api_key
where key_id = $1::text;
