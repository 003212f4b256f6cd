/**
 * The arguments of a connection, checked and taken apart: how many rows, in which order, after which row, under which
 * conditions. The shape (what is compared) decides the statement; the values become its parameters, so one plan serves
 * every value. All values travel as text and are cast in the statement.
 */
import type { FieldNode } from 'graphql';
import type { DataClass } from '../access/classes.ts';
import type { FilterDeclaration, Ordering } from './catalog.ts';
import { readCursor, type CursorKey, type Position } from './cursor.ts';
import { readError } from './errors.ts';
import type { FilterModel } from './model.ts';

export const DEFAULT_FIRST = 20;
export const MAX_FIRST = 500;

/** Comparisons of a filter; `is` takes a boolean directly. */
const OPERATORS = ['eq', 'in', 'gte', 'gt', 'lte', 'lt', 'is'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition that the caller set. */
export interface Term {
  name: string;
  operator: Operator;
  declaration: FilterDeclaration;
  value: string;
}

/** A connection's arguments, ready to compile. */
export interface Page {
  first: number;
  orderingName: string;
  ordering: Ordering;
  after?: Position;
  terms: readonly Term[];
}

/** What a connection offers: its table's columns, its filter and orderings, the first permitted one being the default. */
export interface Offer {
  columns: ReadonlyMap<string, { type: string }>;
  /** Names the list in cursors: `Query.dispenses`, `Encounter.dispenses`. */
  place: string;
  filter?: FilterModel;
  orderings: ReadonlyMap<string, Ordering>;
}

/** Who asks. */
export interface Reader {
  classes: ReadonlySet<DataClass>;
  tenantId: string;
  cursorKey: CursorKey;
}

/** Checks the coerced arguments. Errors: BAD_USER_INPUT, BAD_CURSOR, FORBIDDEN, located at `nodes`. */
export function readPage(
  offer: Offer,
  values: Readonly<Record<string, unknown>>,
  reader: Reader,
  nodes: readonly FieldNode[],
): Page {
  const first = (values['first'] ?? DEFAULT_FIRST) as number;
  if (first < 0 || first > MAX_FIRST) {
    throw readError('BAD_USER_INPUT', `first must be between 0 and ${MAX_FIRST}.`, { nodes });
  }
  const [orderingName, ordering] = chooseOrdering(offer, values['orderBy'], reader, nodes);
  const terms = filterTerms(offer, values['filter'], reader, nodes);
  const page: Page = { first, orderingName, ordering, terms };
  const after = values['after'];
  if (typeof after !== 'string') return page;
  const position = readCursor(reader.cursorKey, cursorPlace(reader.tenantId, offer.place, orderingName), after);
  if (position === undefined) throw readError('BAD_CURSOR', 'after is not a cursor of this list.', { nodes });
  return { ...page, after: position };
}

/** What a cursor is bound to: tenant, list and ordering. */
export const cursorPlace = (tenant: string, place: string, ordering: string): string =>
  `${tenant}|${place}|${ordering}|`;

function chooseOrdering(
  offer: Offer,
  wanted: unknown,
  reader: Reader,
  nodes: readonly FieldNode[],
): [string, Ordering] {
  if (typeof wanted === 'string') {
    const ordering = offer.orderings.get(wanted);
    if (ordering && reader.classes.has(ordering.data)) return [wanted, ordering];
    throw readError('FORBIDDEN', `This key may not order by ${wanted}.`, { nodes });
  }
  const permitted = [...offer.orderings].find(([, ordering]) => reader.classes.has(ordering.data));
  if (permitted === undefined) throw readError('FORBIDDEN', 'This key may not read this list.', { nodes });
  return permitted;
}

function filterTerms(offer: Offer, values: unknown, reader: Reader, nodes: readonly FieldNode[]): Term[] {
  if (offer.filter === undefined || typeof values !== 'object' || values === null) return [];
  const set = values as Record<string, unknown>;
  return [...offer.filter].flatMap(([name, declaration]) => {
    const value = set[name];
    if (value === undefined || value === null) return [];
    if (!reader.classes.has(declaration.data)) {
      throw readError('FORBIDDEN', `This key may not filter by ${name}.`, { nodes });
    }
    const type = 'column' in declaration.on ? offer.columns.get(declaration.on.column)?.type : 'text';
    const comparisons = typeof value === 'object' ? (value as Record<string, unknown>) : { is: value };
    return OPERATORS.filter((operator) => (comparisons[operator] ?? null) !== null).map((operator) => ({
      name,
      operator,
      declaration,
      value: parameterText(comparisons[operator], type),
    }));
  });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NO_ROW = '00000000-0000-0000-0000-000000000000';

/**
 * A value as parameter text; lists as PostgreSQL array literals. A text that cannot be stored (NUL) or is no id where an id
 * is meant equals nothing, so it is replaced by a value that no row has.
 */
export function parameterText(value: unknown, type = 'text'): string {
  if (Array.isArray(value)) {
    const items = value.filter((item) => item !== null).map((item) => parameterText(item, type));
    return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
  }
  const text = String(value);
  if (type === 'uuid') return UUID.test(text) ? text : NO_ROW;
  return text.replaceAll('\0', '\u0001');
}

/** What decides the statement: ordering, whether it continues, the comparisons. */
export function pageShape(page: Page): string {
  const after = page.after === undefined ? '' : page.after.value === null ? '@null' : '@value';
  return `${page.orderingName}${after}(${page.terms.map((term) => `${term.name}.${term.operator}`).join(',')})`;
}

/** The page's parameters in the order in which the compiler numbers them. */
export const pageValues = (page: Page): string[] => [
  String(page.first),
  page.after?.value ?? '',
  page.after?.key ?? '',
  ...page.terms.map((term) => term.value),
];
