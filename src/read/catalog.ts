/**
 * The declarations that the read model is made of: for each GraphQL type its table, for each field where its value comes
 * from and its data class. Decorators in schema/ fill the catalog while the types load; model.ts checks it against the
 * tables and joins it with the GraphQL schema. It knows nothing of GraphQL libraries or SQL texts.
 */
import type { PgTable } from 'drizzle-orm/pg-core';
import type { DataClass } from '../access/classes.ts';

/** Column of the target row: column of the row the edge starts from. */
export type Match = Readonly<Record<string, string>>;
/** Column = constant; null means `is null`, true and false test a boolean column. */
export type Condition = Readonly<Record<string, string | boolean | null>>;

/** What an expression may use. Every table it reads goes through `from`, which brings the tenant predicate. */
export interface ExpressionScope {
  /** Alias of the row of the declaring type. */
  row: string;
  /** `table alias where <tenant predicate> and <condition>` of another table. */
  from(table: PgTable, alias: string, condition: string): string;
  /** The request's instant as timestamptz. */
  now(): string;
}

/** SQL of a value of the field's own type. */
export type Expression = (scope: ExpressionScope) => string;

/** Where the value of a field comes from. */
export type Source =
  /** A column of the row; of the joined row `via`; or of the row from which the edge came (`origin`). */
  | { kind: 'column'; column: string; via?: string; origin?: boolean }
  | { kind: 'expression'; sql: Expression }
  /** A text inside a jsonb element. */
  | { kind: 'json'; key: string }
  /** Objects of a jsonb array: a column of a row, a key of an element, or worked out (never null). */
  | { kind: 'json-list'; column?: string; key?: string; sql?: Expression }
  /** Rows of another type; one, several or a connection by the field's GraphQL type. */
  | { kind: 'edge'; to: () => Function; on: Match; through?: Through; where?: Condition; latest?: string };

/** Rows that link two types: `on` from the origin to the linking row, `to` from the linking row to the target. */
export interface Through {
  table: PgTable;
  on: Match;
  to: Match;
}

/** One field as declared. */
export interface FieldDeclaration {
  source: Source;
  data: DataClass;
}

/** A row that is always looked up beside the type's own, by a unique key. */
export interface Via {
  table: PgTable;
  on: Match;
  where?: Condition;
}

/** One object type as declared. */
export interface TypeDeclaration {
  /** Absent for elements of a jsonb array. */
  table?: PgTable;
  /** Column that, with the tenant, identifies a row and ends every ordering. Default `id`. */
  key?: string;
  /** Holds for every row of the type, e.g. the current version. */
  where?: Condition;
  via?: Readonly<Record<string, Via>>;
}

/** A condition that callers may set. */
export interface FilterDeclaration {
  /** What is compared: a column, or a boolean expression for a yes/no filter, or a text expression. */
  on: { column: string } | { expression: Expression };
  data: DataClass;
}

/** An ordering that callers may choose; served by an index that begins with tenant and column. */
export interface Ordering {
  column: string;
  descending: boolean;
  data: DataClass;
}

/** A root field as declared. */
export type RootDeclaration =
  | { kind: 'one'; to: () => Function; by: string; data: DataClass }
  | { kind: 'connection'; to: () => Function; filter?: () => Function; orderings: Readonly<Record<string, Ordering>> };

/** Everything declared, by class and property. */
export interface Catalog {
  types: Map<Function, TypeDeclaration>;
  fields: Map<Function, Map<string, FieldDeclaration>>;
  filters: Map<Function, Map<string, FilterDeclaration>>;
  /** Connection class -> its node class. */
  connections: Map<Function, () => Function>;
  roots: Map<string, RootDeclaration>;
  /** Types that commands answer, by class: not rows that are read, so nothing is compiled; each is of one data class. */
  answers: Map<Function, DataClass>;
}

/** The catalog that the decorators of schema/ fill. */
export const CATALOG: Catalog = {
  types: new Map(),
  fields: new Map(),
  filters: new Map(),
  connections: new Map(),
  roots: new Map(),
  answers: new Map(),
};

/** Adds an entry to a map of maps. */
export function declare<T>(into: Map<Function, Map<string, T>>, type: Function, name: string, declaration: T): void {
  const known = into.get(type) ?? new Map<string, T>();
  known.set(name, declaration);
  into.set(type, known);
}
