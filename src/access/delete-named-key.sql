-- Removes the key of a name, whose place another one takes.
-- Served by api_key_name.
delete from api_key
where for_tenant = $1::uuid and name = $2::text;
