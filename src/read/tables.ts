/** The drizzle tables as the compiler and the start-up check see them: names, keys and what an index sorts by. */
import { REGISTRY } from '../../drizzle/registry.ts';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';

/** A table as the compiler needs it. */
export interface TableModel {
  name: string;
  /** False for public reference data, which has no tenant predicate. */
  tenant: boolean;
  columns: ReadonlyMap<string, { notNull: boolean; type: string }>;
  /** The columns that the reading role may see; undefined = all. */
  readable: readonly string[] | undefined;
  /** Column sets that are unique, without tenant_id; those of the current version included. */
  unique: readonly (readonly string[])[];
  /** Columns by which an index sorts right after the tenant. */
  sorted: ReadonlySet<string>;
}

const readableOf = (name: string): readonly string[] | undefined => {
  const readable = REGISTRY[name]?.readable;
  return typeof readable === 'object' ? readable : undefined;
};

/** Whole rows, as far as they may be seen. */
export const wholeRows = ({ readable }: TableModel, alias: string): string =>
  readable === undefined ? `${alias}.*` : readable.map((column) => `${alias}.${column}`).join(', ');

const TABLES = new WeakMap<PgTable, TableModel>();

/** The compiler's view of a drizzle table. */
export function tableModel(table: PgTable): TableModel {
  const known = TABLES.get(table);
  if (known) return known;
  const config = getTableConfig(table);
  const columns = new Map(config.columns.map((c) => [c.name, { notNull: c.notNull, type: c.getSQLType() }]));
  const indexes = config.indexes.map((index) => ({
    unique: index.config.unique,
    columns: index.config.columns.map((column) => ('name' in column ? String(column.name) : '')),
  }));
  const names = (list: readonly PgColumn[]): string[] => list.map((column) => column.name);
  const keys = [
    ...config.columns.filter((column) => column.primary).map((column) => [column.name]),
    ...config.primaryKeys.map((key) => names(key.columns)),
    ...config.uniqueConstraints.map((key) => names(key.columns)),
    ...indexes.filter((index) => index.unique).map((index) => index.columns),
  ];
  const withoutTenant = (list: string[]): string[] => list.filter((name) => name !== 'tenant_id');
  const model: TableModel = {
    name: config.name,
    tenant: columns.has('tenant_id'),
    columns,
    readable: readableOf(config.name),
    unique: keys.map(withoutTenant),
    sorted: new Set([...keys, ...indexes.map((index) => index.columns)].map((list) => withoutTenant(list)[0] ?? '')),
  };
  TABLES.set(table, model);
  return model;
}
