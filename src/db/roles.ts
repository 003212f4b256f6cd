/**
 * The database roles: one owner that nobody can log in as, and three logins that own nothing, inherit nothing and cannot
 * leave row-level security. Roles belong to the whole server, so several databases may ask for them in the same moment.
 */
import { DatabaseError, type Queryable } from './client.ts';
import { scramVerifier } from './scram.ts';

export const OWNER_ROLE = 'hub_owner';
export const RUNTIME_ROLES = ['hub_ingest', 'hub_read', 'hub_monitor'] as const;
export type RuntimeRole = (typeof RUNTIME_ROLES)[number];
/** Passwords of the runtime roles; one that is missing is left as it is. */
export type RolePasswords = Partial<Record<RuntimeRole, string>>;

const POWERLESS = 'nosuperuser nobypassrls noinherit nocreatedb nocreaterole noreplication';
/** Raised when another session makes or alters the same role at the same time. */
const COLLISIONS = new Set(['42710', '23505', 'XX000', '40001']);

/** Makes the roles that are missing, sets the passwords given and lets the login become the owner. */
export async function ensureRoles(on: Queryable, passwords: RolePasswords): Promise<void> {
  await ensureRole(on, OWNER_ROLE, 'nologin');
  for (const role of RUNTIME_ROLES) {
    await ensureRole(on, role, 'login');
    const password = passwords[role];
    if (password === undefined) continue;
    // A verifier holds no quote: base64 and `$:` only.
    await persist(() => on.query(`alter role ${role} password '${scramVerifier(password)}'`));
  }
  const [me] = await on.query<{ able: boolean }>(`select pg_has_role(session_user, '${OWNER_ROLE}', 'SET') as able`);
  if (me?.able !== true) await persist(() => on.query(`grant ${OWNER_ROLE} to session_user`));
}

async function ensureRole(on: Queryable, role: string, login: 'login' | 'nologin'): Promise<void> {
  await persist(async () => {
    const found = await on.query('select 1 from pg_roles where rolname = $1', [role]);
    if (found.length === 0) await on.query(`create role ${role} ${login} ${POWERLESS}`);
  });
}

async function persist(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const collided = error instanceof DatabaseError && COLLISIONS.has(error.sqlstate);
      if (!collided || attempt === 10) throw error;
    }
  }
}
