/**
 * What the database's own catalogue says about our schema: tables with their row-level security, policies and grants,
 * views, functions. Read by the migration (to make what is missing) and by the self-check (to refuse what is wrong).
 */
import type { Queryable } from './client.ts';
import { statement, run } from './statement.ts';

const TABLES = statement(import.meta.url, 'catalog-tables.sql');

/** A policy as pg_policies shows it. */
export interface PolicyState {
  name: string;
  permissive: boolean;
  /** `*` = all commands. */
  command: string;
  everybody: boolean;
  using: string | null;
  check: string | null;
}

/** A table (or partition) of the schema. */
export interface TableState {
  name: string;
  owner: string;
  /** Name of the partitioned table it is a part of. */
  partOf: string | null;
  partitioned: boolean;
  hasTenant: boolean;
  rls: boolean;
  forced: boolean;
  policies: PolicyState[];
  /** `hub_read SELECT`, also for PUBLIC and on single columns (`hub_read SELECT(name)`). */
  grants: string[];
}

/** All tables and partitions of the schema, by name. */
export async function readTables(on: Queryable, schema: string): Promise<TableState[]> {
  return run<TableState>(on, TABLES, [schema]);
}
