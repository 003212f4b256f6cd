/**
 * Limits that are checked before anything runs: depth, root fields and an upper bound of the objects that could be answered,
 * aware of `first`. Fragments are measured once each, so a document whose fragments fan out cannot make the check slow.
 */
import {
  getNamedType,
  isListType,
  getNullableType,
  isObjectType,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { DEFAULT_FIRST, MAX_FIRST } from './arguments.ts';
import { readError } from './errors.ts';
import type { ReadModel } from './model.ts';

export const MAX_DEPTH = 12;
export const MAX_OBJECTS = 250_000;
export const MAX_FIELDS = 5_000;
export const MAX_ROOTS = 25;
export const MAX_TOKENS = 1_000;
/** Rows that a plain list is taken to have. */
const LIST_ROWS = 10;

/** What an operation could cost. */
export interface Cost {
  depth: number;
  /** Upper bound of objects in the answer, plain lists counted as ten. */
  objects: number;
  /** Fields of the opened tree. */
  fields: number;
}

const NOTHING: Cost = { depth: 0, objects: 0, fields: 0 };

const plus = (a: Cost, b: Cost): Cost => ({
  depth: Math.max(a.depth, b.depth),
  objects: a.objects + b.objects,
  fields: a.fields + b.fields,
});

/** Throws TOO_DEEP or TOO_COSTLY. `variables` are as sent; introspection fields are not counted. */
export function checkLimits(
  model: ReadModel,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const cost = measure(model, document, operation, variables);
  if (cost.depth > MAX_DEPTH)
    throw readError('TOO_DEEP', `The query is ${cost.depth} levels deep; the limit is ${MAX_DEPTH}.`);
  if (cost.fields > MAX_FIELDS) throw readError('TOO_COSTLY', `The query selects more than ${MAX_FIELDS} fields.`);
  if (cost.objects > MAX_OBJECTS) {
    throw readError('TOO_COSTLY', `The query could answer more than ${MAX_OBJECTS} objects; ask for fewer with first.`);
  }
}

/** Measures an operation without opening its fragments more than once. */
export function measure(
  model: ReadModel,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  const fragments = new Map(
    document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION).map((d) => [d.name.value, d]),
  );
  const root = model.schema.getQueryType();
  const meter: Meter = { model, fragments, known: new Map(), variables };
  return root ? measureSet(meter, root, operation.selectionSet) : NOTHING;
}

interface Meter {
  model: ReadModel;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  known: Map<string, Cost>;
  variables: Readonly<Record<string, unknown>>;
}

function measureSet(meter: Meter, type: GraphQLObjectType, set: SelectionSetNode): Cost {
  return set.selections.map((selection) => measureSelection(meter, type, selection)).reduce(plus, NOTHING);
}

function measureSelection(meter: Meter, type: GraphQLObjectType, selection: SelectionNode): Cost {
  if (selection.kind === Kind.FIELD) return measureField(meter, type, selection);
  if (selection.kind === Kind.INLINE_FRAGMENT) return measureSet(meter, type, selection.selectionSet);
  const name = selection.name.value;
  const known = meter.known.get(name);
  if (known) return known;
  const fragment = meter.fragments.get(name);
  const cost = fragment ? measureSet(meter, type, fragment.selectionSet) : NOTHING;
  meter.known.set(name, cost);
  return cost;
}

function measureField(meter: Meter, type: GraphQLObjectType, node: FieldNode): Cost {
  const field = type.getFields()[node.name.value];
  const target = field ? getNamedType(field.type) : undefined;
  if (field === undefined || !isObjectType(target)) return { depth: field ? 1 : 0, objects: 0, fields: 1 };
  const below = node.selectionSet ? measureSet(meter, target, node.selectionSet) : NOTHING;
  const connection = meter.model.connections.has(target.name);
  // A connection's rows are its nodes; the lists below it hold one object per row and are not counted again.
  const parts = target.name === 'PageInfo' || meter.model.connections.has(type.name);
  const plainList = isListType(getNullableType(field.type)) && !parts;
  const rows = connection ? firstOf(meter, node) : plainList ? LIST_ROWS : 1;
  return { depth: below.depth + 1, objects: rows * (1 + below.objects), fields: below.fields + 1 };
}

function firstOf(meter: Meter, node: FieldNode): number {
  const value = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
  if (value === undefined || value.kind === Kind.NULL) return DEFAULT_FIRST;
  if (value.kind === Kind.INT) return clamp(Number(value.value));
  if (value.kind !== Kind.VARIABLE) return MAX_FIRST;
  const given = meter.variables[value.name.value];
  return typeof given === 'number' ? clamp(given) : MAX_FIRST;
}

/** Names of the variables that say `first`: with the document they decide the cost. */
export function pageVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Argument: ({ name, value }) => {
      if (name.value === 'first' && value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

const clamp = (first: number): number => Math.min(Math.max(first, 0), MAX_FIRST);
