/**
 * The digest of DOMAIN.md 12: final determinations, balances, current allocations and open exception cases by natural key,
 * without generated ids, times or superseded history. Two more parts cover every other derived row, so that a rebuild
 * notices any hand that changed one.
 */
import { createHash } from 'node:crypto';
import type { Queryable } from '../db/client.ts';
import { run, statement } from '../db/statement.ts';
import type { TenantId } from '../db/tenant.ts';

const PARTS = ['determinations', 'balances', 'allocations', 'cases', 'canonical'].map((name) => ({
  name,
  sql: statement(import.meta.url, `digest/${name}.sql`),
}));
const REFERENCE = statement(import.meta.url, 'digest/reference.sql');

/** SHA-256 and row count of one part of the state. */
export interface DigestPart {
  tenant: string;
  part: string;
  rows: number;
  sha256: string;
}

function part(tenant: string, name: string, rows: readonly { line: string }[]): DigestPart {
  const hash = createHash('sha256');
  for (const line of rows.map((row) => row.line).sort()) hash.update(`${line}\n`);
  return { tenant, part: name, rows: rows.length, sha256: hash.digest('hex') };
}

/** Digest of one tenant, inside the caller's transaction of that tenant. */
export async function digestTenant(tx: Queryable, tenant: { id: TenantId; name: string }): Promise<DigestPart[]> {
  const parts: DigestPart[] = [];
  for (const { name, sql } of PARTS)
    parts.push(part(tenant.name, name, await run<{ line: string }>(tx, sql, [tenant.id])));
  return parts;
}

/** The lines behind `digestTenant`, each with its part in front: what to compare when two digests differ. Holds patient values. */
export async function digestLines(tx: Queryable, tenant: { id: TenantId; name: string }): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, sql } of PARTS) {
    const rows = await run<{ line: string }>(tx, sql, [tenant.id]);
    lines.push(...rows.map((row) => `${tenant.name}/${name}: ${row.line}`));
  }
  return lines;
}

/** Digest of the public reference tables. */
export async function digestReference(on: Queryable): Promise<DigestPart> {
  return part('public', 'reference', await run<{ line: string }>(on, REFERENCE, []));
}

/** One SHA-256 over all parts, in the order of tenant and part names. */
export function combine(parts: readonly DigestPart[]): string {
  const hash = createHash('sha256');
  const lines = parts.map((one) => `${one.tenant}/${one.part} ${one.rows} ${one.sha256}\n`).sort();
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
