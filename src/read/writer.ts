/**
 * What is shared while one statement is written: parameter numbers, aliases, joins and redactions. The tenant is always $1.
 * Every reference to a table goes through `conditions()`, the one place that adds the tenant predicate.
 */
import type { PgTable } from 'drizzle-orm/pg-core';
import type { DataClass } from '../access/classes.ts';
import { tenantPredicate } from '../db/tenant.ts';
import type { Condition, ExpressionScope, Match } from './catalog.ts';
import { tableModel, type TableModel } from './tables.ts';
import { literal } from './values.ts';

/** Where a parameter's value comes from when the statement runs. */
export type Slot =
  | { kind: 'argument'; site: number; index: number }
  | { kind: 'now' }
  | { kind: 'cursor-inner' }
  | { kind: 'cursor-outer' }
  | { kind: 'cursor-place'; place: string; ordering: string };

/** A field that was asked for and is not this key's to read. */
export interface Redaction {
  /** Response keys without list positions. */
  path: readonly string[];
  class: DataClass;
}

/** A row in scope: its alias, where joins for it are added, and the alias of the row that led to it. */
export interface Row {
  alias: string;
  joins: string[];
  origin?: string;
}

export class Writer {
  readonly slots: Slot[] = [];
  readonly redactions: Redaction[] = [];
  readonly #numbers = new Map<string, string>();
  #aliases = 0;

  /** `$n` of a slot; the same slot keeps its number. */
  parameter(slot: Slot): string {
    const key = JSON.stringify(slot);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.slots.push(slot);
    const number = `$${this.slots.length + 1}`;
    this.#numbers.set(key, number);
    return number;
  }

  /** A new alias. */
  alias(): string {
    this.#aliases += 1;
    return `t${this.#aliases}`;
  }

  /** The scope of an expression on a row. */
  expressionScope(row: string): ExpressionScope {
    return {
      row,
      from: (table: PgTable, alias: string, condition: string) => {
        const model = tableModel(table);
        return `${model.name} ${alias} where ${conjunction([...conditions(model, alias), condition])}`;
      },
      now: () => `${this.parameter({ kind: 'now' })}::timestamptz`,
    };
  }
}

/** What every reference to a table carries: the tenant predicate, and the constants of `where`. */
export function conditions(table: TableModel, alias: string, where: Condition = {}): string[] {
  const constants = Object.entries(where).map(([column, value]) => constant(`${alias}.${column}`, value));
  return [...(table.tenant ? [tenantPredicate(alias)] : []), ...constants];
}

function constant(column: string, value: string | boolean | null): string {
  if (value === null) return `${column} is null`;
  if (typeof value === 'boolean') return value ? column : `not ${column}`;
  return `${column} = ${literal(value)}`;
}

/** `a.x = b.y` for each pair. */
export const matches = (match: Match, target: string, from: string): string[] =>
  Object.entries(match).map(([column, other]) => `${target}.${column} = ${from}.${other}`);

export const conjunction = (terms: readonly string[]): string => (terms.length === 0 ? 'true' : terms.join(' and '));
