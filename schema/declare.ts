/**
 * Decorators of the read model. Each declares a GraphQL field with type-graphql and, in the same breath, where its value
 * comes from and which data class it has; there is no resolver to write. Types that name each other do so in thunks, and
 * properties that hold another type are written `Ref<T>`, which emits no class at load time.
 */
import 'reflect-metadata';
import { Arg, Field, ID, InputType, Int, ObjectType, Query, type ClassType } from 'type-graphql';
import type { DataClass } from '../src/access/classes.ts';
import { CATALOG, declare, type Condition, type Expression, type Match } from '../src/read/catalog.ts';
import type { FilterDeclaration, Ordering, Source, Through, TypeDeclaration } from '../src/read/catalog.ts';

/** A property that holds another declared type: emits `Object`, so two files may name each other. */
export type Ref<T> = T;

/** What every field says besides its source. */
export interface FieldOptions {
  data: DataClass;
  /** What it means, for analysts; part of the schema. */
  about: string;
  /** Default: nullable. A non-null field must be REF or OPS. */
  required?: boolean;
}

type PropertyDecorator = (target: object, property: string) => void;
type TypeThunk = () => unknown;

function field(type: TypeThunk, options: FieldOptions, source: Source): PropertyDecorator {
  return (target, property) => {
    const settings = { nullable: options.required !== true, description: options.about };
    Field(type as never, settings)(target, property);
    declare(CATALOG.fields, target.constructor, property, { source, data: options.data });
  };
}

/** An object type over a table (or, without one, over elements of a jsonb array). */
export function Type(declaration: TypeDeclaration & { about: string }) {
  return (target: Function): void => {
    ObjectType({ description: declaration.about })(target);
    CATALOG.types.set(target, declaration);
  };
}

/** A type that a command answers: no row, so its fields are plain. `data` = the class of all of them. */
export const Answer =
  (data: DataClass, about: string) =>
  (target: Function): void => {
    ObjectType({ description: about })(target);
    CATALOG.answers.set(target, data);
  };

/** A column of the type's table; `via` = of the companion row of that name; `origin` = of the row the edge came from. */
export const Column = (
  column: string,
  type: TypeThunk,
  options: FieldOptions & { via?: string; origin?: boolean },
): PropertyDecorator => {
  const { via, origin } = options;
  return field(type, options, {
    kind: 'column',
    column,
    ...(via === undefined ? {} : { via }),
    ...(origin === undefined ? {} : { origin }),
  });
};

/** The hub's own id of a row. */
export const Id = (column = 'id'): PropertyDecorator =>
  Column(column, () => ID, { data: 'OPS', required: true, about: 'Id given by the hub.' });

/** A value worked out in SQL. */
export const Computed = (type: TypeThunk, options: FieldOptions, sql: Expression): PropertyDecorator =>
  field(type, options, { kind: 'expression', sql });

/** A text of a jsonb element. */
export const ElementText = (key: string, type: TypeThunk, options: FieldOptions): PropertyDecorator =>
  field(type, options, { kind: 'json', key });

/** Objects of a jsonb array in a column, under a key of an element, or worked out in SQL (never null). */
export const Elements = (
  from: { column: string } | { key: string } | { sql: Expression },
  type: TypeThunk,
  options: FieldOptions,
): PropertyDecorator => field(type, options, { kind: 'json-list', ...from });

/** Where an edge leads: column of the target = column of this row. */
export interface EdgeOptions extends FieldOptions {
  on: Match;
  through?: Through;
  where?: Condition;
  /** Of several rows the one with the latest value of this column. */
  latest?: string;
}

const edgeSource = (to: () => Function, { on, through, where, latest }: EdgeOptions): Source => ({
  kind: 'edge',
  to,
  on,
  ...(through === undefined ? {} : { through }),
  ...(where === undefined ? {} : { where }),
  ...(latest === undefined ? {} : { latest }),
});

/** An edge to one row. */
export const One = (to: () => Function, options: EdgeOptions): PropertyDecorator =>
  field(to, options, edgeSource(to, options));

/** An edge to a few rows: a plain list. */
export const Few = (to: () => Function, options: EdgeOptions): PropertyDecorator =>
  field(() => [to()], options, edgeSource(to, options));

/** An edge to many rows: a connection, in the order of their ids. */
export const Many = (connection: () => Function, options: EdgeOptions): PropertyDecorator => {
  const to = (): Function => nodeOf(connection());
  return (target, property) => {
    field(connection, options, edgeSource(to, options))(target, property);
    pageArguments(target, property);
  };
};

function nodeOf(connection: Function): Function {
  const node = CATALOG.connections.get(connection);
  if (node === undefined) throw new Error(`${connection.name} is not a connection`);
  return node();
}

function pageArguments(target: object, property: string): void {
  const first = 'How many rows, 0 to 500. Default 20.';
  Arg('first', () => Int, { nullable: true, description: first })(target, property, 0);
  const after = 'Cursor of the row after which to continue.';
  Arg('after', () => String, { nullable: true, description: after })(target, property, 1);
}

/** An input type of conditions. */
export const Filter =
  (about: string) =>
  (target: Function): void => {
    InputType({ description: about })(target);
  };

/** A condition on a column (`on` a string) or on an expression. */
export const Where = (
  on: string | Expression,
  type: TypeThunk,
  options: { data: DataClass; about: string },
): PropertyDecorator => {
  const declaration: FilterDeclaration = {
    on: typeof on === 'string' ? { column: on } : { expression: on },
    data: options.data,
  };
  return (target, property) => {
    Field(type as never, { nullable: true, description: options.about })(target, property);
    declare(CATALOG.filters, target.constructor, property, declaration);
  };
};

/** A root field that answers one row by its id. */
export const ReadOne = (to: () => Function, about: string, by = 'id', argument = by): PropertyDecorator => {
  return (target, property) => {
    Query(to as never, { nullable: true, description: about })(target, property, {});
    Arg(argument, () => ID)(target, property, 0);
    CATALOG.roots.set(property, { kind: 'one', to, by, data: 'OPS' });
  };
};

/** What a root list offers. The first ordering that the key may use is the default; `ID` must be among them. */
export interface ReadManyOptions {
  about: string;
  filter?: () => Function;
  /** The enum of the orderings, registered with type-graphql. */
  orderBy?: object;
  orderings: Readonly<Record<string, Ordering>>;
}

/** A root field that answers a connection. */
export const ReadMany = (connection: () => Function, options: ReadManyOptions): PropertyDecorator => {
  const { filter, orderBy } = options;
  return (target, property) => {
    Query(connection as never, { nullable: true, description: options.about })(target, property, {});
    pageArguments(target, property);
    if (filter) Arg('filter', () => filter() as ClassType, { nullable: true })(target, property, 2);
    if (orderBy) Arg('orderBy', () => orderBy, { nullable: true })(target, property, 3);
    CATALOG.roots.set(property, {
      kind: 'connection',
      to: () => nodeOf(connection()),
      orderings: options.orderings,
      ...(filter === undefined ? {} : { filter }),
    });
  };
};
