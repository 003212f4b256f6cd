-- Takes a lease that nobody holds, under a token higher than any before; answers nothing while another holds it. Times are the database's.
-- Served by lease's primary key.
insert into lease (name, owner, token, expires_at)
values ($1, $2, '1', clock_timestamp() + make_interval(secs => $3::float8))
on conflict (name) do update set
  owner = excluded.owner, token = (lease.token::bigint + 1)::text, expires_at = excluded.expires_at
where lease.expires_at <= clock_timestamp()
returning token;
