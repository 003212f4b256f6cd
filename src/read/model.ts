/**
 * The read model: the catalog joined with the GraphQL schema and the drizzle tables. Built once at start-up; a field without
 * a data class, a column that does not exist, a non-null field that could be masked or an edge to "one" that is not unique
 * stops the start with a sentence that names the field.
 */
import {
  isNonNullType,
  isObjectType,
  getNamedType,
  isListType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { DataClass } from '../access/classes.ts';
import type { Catalog, Condition, FilterDeclaration, Ordering, RootDeclaration, Source, Via } from './catalog.ts';
import { modelProblems } from './model-check.ts';
import { tableModel, type TableModel } from './tables.ts';

/** What a field answers: a scalar, one object, a plain list or a connection. */
export type Shape = 'value' | 'one' | 'list' | 'connection';

/** One field of an object type. */
export interface FieldModel {
  name: string;
  source: Source;
  data: DataClass;
  shape: Shape;
  output: GraphQLOutputType;
  nonNull: boolean;
  /** GraphQL name of the target type, for edges and json lists. */
  target?: string;
}

/** One object type. */
export interface TypeModel {
  name: string;
  table?: TableModel;
  key: string;
  where: Condition;
  via: ReadonlyMap<string, { table: TableModel; via: Via }>;
  fields: ReadonlyMap<string, FieldModel>;
}

/** One filter input type: its conditions by name. */
export type FilterModel = ReadonlyMap<string, FilterDeclaration>;

/** One root field. */
export interface RootModel {
  name: string;
  declaration: RootDeclaration;
  target: string;
  filter?: FilterModel;
  orderings: ReadonlyMap<string, Ordering>;
}

/** All of it. */
export interface ReadModel {
  schema: GraphQLSchema;
  types: ReadonlyMap<string, TypeModel>;
  /** Connection type name -> node type name. */
  connections: ReadonlyMap<string, string>;
  roots: ReadonlyMap<string, RootModel>;
  /** Names of the types that commands answer. */
  answers: ReadonlySet<string>;
}

/** Joins catalog and schema. Throws one error that lists everything wrong. */
export function buildModel(schema: GraphQLSchema, catalog: Catalog): ReadModel {
  const connections = new Map([...catalog.connections].map(([type, node]) => [type.name, node().name]));
  const types = new Map(
    [...catalog.types].map(([type, declaration]) => {
      const fields = catalog.fields.get(type) ?? new Map();
      const model: TypeModel = {
        name: type.name,
        key: declaration.key ?? 'id',
        where: declaration.where ?? {},
        via: new Map(
          Object.entries(declaration.via ?? {}).map(([name, via]) => [name, { table: tableModel(via.table), via }]),
        ),
        fields: new Map(
          [...fields].map(([name, field]) => [name, fieldModel(schema, connections, type.name, name, field)]),
        ),
        ...(declaration.table === undefined ? {} : { table: tableModel(declaration.table) }),
      };
      return [type.name, model];
    }),
  );
  const roots = new Map([...catalog.roots].map(([name, root]) => [name, rootModel(catalog, name, root)]));
  const answers = new Set([...catalog.answers.keys()].map((type) => type.name));
  const model = { schema, types, connections, roots, answers };
  const problems = modelProblems(model);
  if (problems.length > 0) throw new Error(`The GraphQL types do not fit the tables:\n  ${problems.join('\n  ')}`);
  return model;
}

function fieldModel(
  schema: GraphQLSchema,
  connections: ReadonlyMap<string, string>,
  type: string,
  name: string,
  declared: { source: Source; data: DataClass },
): FieldModel {
  const owner = schema.getType(type);
  const field = isObjectType(owner) ? owner.getFields()[name] : undefined;
  if (field === undefined) throw new Error(`${type}.${name} is declared but not in the schema`);
  const named = getNamedType(field.type);
  const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
  const node = connections.get(named.name);
  const shape: Shape = !isObjectType(named)
    ? 'value'
    : node !== undefined
      ? 'connection'
      : isListType(bare)
        ? 'list'
        : 'one';
  return {
    name,
    ...declared,
    shape,
    output: field.type,
    nonNull: isNonNullType(field.type),
    ...(isObjectType(named) ? { target: node ?? named.name } : {}),
  };
}

function rootModel(catalog: Catalog, name: string, declaration: RootDeclaration): RootModel {
  const filter =
    declaration.kind === 'connection' && declaration.filter ? catalog.filters.get(declaration.filter()) : undefined;
  return {
    name,
    declaration,
    target: declaration.to().name,
    orderings: new Map(declaration.kind === 'connection' ? Object.entries(declaration.orderings) : []),
    ...(filter === undefined ? {} : { filter }),
  };
}
