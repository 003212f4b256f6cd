/**
 * Null propagation, done only when a statement answered a hole (a non-null position without a value). The walk is the one of
 * graphql-js: in selection order, the first hole inside an object nulls it up to the nearest nullable place, and each such
 * place adds one error with path and locations.
 */
import {
  getNullableType,
  GraphQLError,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { Selected } from './selection.ts';
import { HOLE } from './values.ts';

/** Stands for a hole after parsing; no object of ours has such a key. */
const MARK = '{"!":0}';

type Path = readonly (string | number)[];

/** What a root field answers after propagation. */
export interface Completed {
  data: unknown;
  errors: GraphQLError[];
}

/** Completes the text of a root field that has holes. */
export function completeHoles(schema: GraphQLSchema, root: Selected, text: string): Completed {
  const errors: GraphQLError[] = [];
  const type = schema.getQueryType();
  const value: unknown = JSON.parse(text.replaceAll(HOLE, MARK));
  const field = type?.getFields()[root.name];
  if (type === undefined || type === null || field === undefined) throw new Error(`${root.name} is not a root field`);
  const data = completeField(type, root, value, [root.responseKey], field.type, errors);
  return { data, errors };
}

/** A field: catches what its value throws when the field may be null, else lets it through to the parent. */
function completeField(
  parent: GraphQLObjectType,
  selected: Selected,
  value: unknown,
  path: Path,
  type: GraphQLOutputType,
  errors: GraphQLError[],
): unknown {
  return nullableCatch(type, errors, () => completeValue(parent, selected, value, path, type, errors));
}

function nullableCatch(type: GraphQLOutputType, errors: GraphQLError[], complete: () => unknown): unknown {
  try {
    return complete();
  } catch (error) {
    if (isNonNullType(type) || !(error instanceof GraphQLError)) throw error;
    errors.push(error);
    return null;
  }
}

const isHole = (value: unknown): boolean => typeof value === 'object' && value !== null && '!' in value;

function completeValue(
  parent: GraphQLObjectType,
  selected: Selected,
  value: unknown,
  path: Path,
  type: GraphQLOutputType,
  errors: GraphQLError[],
): unknown {
  const empty = value === null || isHole(value);
  if (empty && isNonNullType(type)) {
    const message = `Cannot return null for non-nullable field ${parent.name}.${selected.name}.`;
    throw new GraphQLError(message, { nodes: selected.nodes, path });
  }
  if (empty) return null;
  const bare = getNullableType(type);
  if (isListType(bare) && Array.isArray(value)) {
    return value.map((item, index) =>
      nullableCatch(bare.ofType, errors, () =>
        completeValue(parent, selected, item, [...path, index], bare.ofType, errors),
      ),
    );
  }
  if (!isObjectType(bare)) return value;
  const fields = bare.getFields();
  const object = value as Record<string, unknown>;
  return Object.fromEntries(
    selected.children.map((child) => {
      const field = fields[child.name];
      const own = object[child.responseKey];
      const here = [...path, child.responseKey];
      return [child.responseKey, field ? completeField(bare, child, own, here, field.type, errors) : own];
    }),
  );
}
