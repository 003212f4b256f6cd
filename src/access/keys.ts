/**
 * API keys: `hub_<key id>_<43 base64url>`, 256 random bits, shown once and stored as SHA-256 (so much entropy needs no slow
 * hash). A key opens one tenant with one role for at most 90 days. Whoever fails is told nothing about why.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Database } from '../db/client.ts';
import { statement, run } from '../db/statement.ts';
import { tenantId, type TenantId } from '../db/tenant.ts';
import { ROLES, type Role } from './classes.ts';
import { makeScope, type Scope } from './scope.ts';

export { ROLES, type Role } from './classes.ts';

/** Longest life of a key. */
export const MAX_KEY_DAYS = 90;
const DAY_MS = 86_400_000;
/** How long a checked key is trusted without asking the database again: the longest delay of a revocation. */
const TRUST_MS = 5_000;
const TRUSTED_KEYS = 1_000;
const KEY = /^hub_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

const INSERT = statement(import.meta.url, 'insert-key.sql');
const FIND = statement(import.meta.url, 'find-key.sql');
const REVOKE = statement(import.meta.url, 'revoke-key.sql');
const DELETE_NAMED = statement(import.meta.url, 'delete-named-key.sql');

/** A key to be made. */
export interface NewKey {
  tenantId: TenantId;
  /** Who uses it; one key per tenant and name. */
  name: string;
  role: Role;
  /** 1 to 90. */
  days: number;
  now: Date;
  /** Take the place of an earlier key of this name, which stops working. Default: a name in use is an error. */
  replace?: boolean;
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Makes a key and answers it; it cannot be read again. Throws RangeError (days), DatabaseError 23505 (name in use). */
export async function createKey(db: Database, wanted: NewKey): Promise<string> {
  if (!Number.isInteger(wanted.days) || wanted.days < 1 || wanted.days > MAX_KEY_DAYS) {
    throw new RangeError(`a key lives 1 to ${MAX_KEY_DAYS} whole days`);
  }
  const keyId = randomBytes(6).toString('hex');
  const key = `hub_${keyId}_${randomBytes(32).toString('base64url')}`;
  const expires = new Date(wanted.now.getTime() + wanted.days * DAY_MS);
  await db.transaction(async (tx) => {
    if (wanted.replace === true) await run(tx, DELETE_NAMED, [wanted.tenantId, wanted.name]);
    await run(tx, INSERT, [
      keyId,
      wanted.tenantId,
      wanted.name,
      wanted.role,
      hashOf(key).toString('hex'),
      wanted.now.toISOString(),
      expires.toISOString(),
    ]);
  });
  return key;
}

/** Stops a key; false = there is no such key, or it is stopped already. */
export async function revokeKey(db: Database, keyId: string, now: Date): Promise<boolean> {
  const rows = await run(db, REVOKE, [keyId, now.toISOString()]);
  return rows.count > 0;
}

interface KeyRow {
  forTenant: string;
  role: string;
  sha256: string;
  expiresAt: string;
  revokedAt: string | null;
}

/** Checks `Authorization` headers against the stored keys. */
export class Authenticator {
  readonly #db: Database;
  readonly #clock: () => Date;
  readonly #trusted = new Map<string, { scope: Scope; until: number }>();

  constructor(db: Database, clock: () => Date) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The scope of `Bearer <key>`; undefined for anything that is not a living key. Errors: DatabaseError. */
  async authenticate(header: string | undefined): Promise<Scope | undefined> {
    const key = header?.startsWith('Bearer ') === true ? header.slice(7).trim() : '';
    const keyId = KEY.exec(key)?.[1];
    if (keyId === undefined) return undefined;
    const hash = hashOf(key);
    const now = this.#clock().getTime();
    const trusted = this.#trusted.get(hash.toString('hex'));
    if (trusted !== undefined && trusted.until > now) return trusted.scope;
    const [row] = await run<KeyRow>(this.#db, FIND, [keyId]);
    const scope = row && isLiving(row, hash, now) ? scopeOf(row, keyId) : undefined;
    this.#remember(hash.toString('hex'), scope, row, now);
    return scope;
  }

  #remember(hash: string, scope: Scope | undefined, row: KeyRow | undefined, now: number): void {
    this.#trusted.delete(hash);
    if (scope === undefined || row === undefined) return;
    if (this.#trusted.size >= TRUSTED_KEYS) this.#trusted.clear();
    this.#trusted.set(hash, { scope, until: Math.min(now + TRUST_MS, Date.parse(row.expiresAt)) });
  }
}

function isLiving(row: KeyRow, hash: Buffer, now: number): boolean {
  const equal = timingSafeEqual(Buffer.from(row.sha256, 'hex'), hash);
  return equal && row.revokedAt === null && Date.parse(row.expiresAt) > now;
}

function scopeOf(row: KeyRow, keyId: string): Scope | undefined {
  const role = ROLES.find((one) => one === row.role);
  return role === undefined ? undefined : makeScope(tenantId(row.forTenant), keyId, role);
}
