/**
 * Set-based statements live in their own `.sql` beside the function that runs them. Each is read once, when its module
 * loads, and is registered here so that tests can walk all of them (tenant predicates, query plans).
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Queryable, Rows } from './client.ts';
import { withoutTenantFilter } from './sabotage.ts';

/** A loaded statement. */
export interface Statement {
  /** `decide/gather-facts`: folder and file. */
  readonly name: string;
  /** As written, with its comments. */
  readonly source: string;
  /** As sent. */
  readonly text: string;
  readonly path: string;
}

const REGISTERED = new Map<string, Statement>();

/** Loads `file` from the folder of the calling module: `statement(import.meta.url, 'gather-facts.sql')`. */
export function statement(moduleUrl: string, file: string): Statement {
  const path = fileURLToPath(new URL(file, moduleUrl));
  const known = REGISTERED.get(path);
  if (known) return known;
  const source = readFileSync(path, 'utf8');
  const name = `${basename(dirname(path))}/${basename(path, '.sql')}`;
  const loaded: Statement = { name, source, text: withoutTenantFilter(stripComments(source)), path };
  REGISTERED.set(path, loaded);
  return loaded;
}

/** All statements loaded so far, by name. */
export const statements = (): Statement[] => [...REGISTERED.values()].sort((a, b) => a.name.localeCompare(b.name));

/**
 * Runs a statement; `params[0]` is the tenant where it reads tenant tables. Rows are typed by the caller, who owns the
 * `.sql`. Errors: DatabaseError naming the statement.
 */
export function run<Row = Record<string, unknown>>(
  on: Queryable,
  sql: Statement,
  params: readonly unknown[] = [],
): Promise<Rows<Row>> {
  return on.query<Row>(sql.text, params, { name: sql.name });
}

/** What is skipped over or kept whole: string, quoted name, dollar-quoted body; what is dropped: comments. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([a-z_]*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\//gi;

/** The statement without comments, blank lines and the final semicolon; texts inside quotes are left alone. */
export function stripComments(source: string): string {
  return source
    .replaceAll(TOKENS, (token) => (token.startsWith('--') || token.startsWith('/*') ? ' ' : token))
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '')
    .join('\n')
    .replace(/;\s*$/, '');
}
