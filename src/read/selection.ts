/**
 * What a request asks for, as a tree: fragments opened, aliases merged, @skip and @include applied, exactly as the
 * specification's CollectFields does. The types have no interfaces or unions, so a fragment always fits its place.
 */
import {
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** One field to answer, with all field nodes of the document that merged into it. */
export interface Selected {
  responseKey: string;
  /** `__typename` or the name of the field. */
  name: string;
  /** GraphQL name of the type that has the field. */
  parentType: string;
  nodes: readonly FieldNode[];
  children: readonly Selected[];
  /** Position among the selected fields with arguments, in tree order; absent = no arguments. */
  site?: number;
}

/** The tree of an operation, and the fields with arguments of each root field's tree. */
export interface Selection {
  roots: readonly Selected[];
  sites: ReadonlyMap<Selected, readonly Selected[]>;
}

interface Collector {
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  variables: Readonly<Record<string, unknown>>;
  /** Fields with arguments so far. */
  sites: number;
}

/** Collects an operation. `variables` are coerced; only those of @skip and @include matter. */
export function collect(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: GraphQLObjectType,
  variables: Readonly<Record<string, unknown>>,
): Selection {
  const fragments = new Map(
    document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION).map((d) => [d.name.value, d]),
  );
  const collector: Collector = { fragments, variables, sites: 0 };
  const roots = collectType(collector, root, [operation.selectionSet]);
  return { roots, sites: new Map(roots.map((one) => [one, sitesOf(one)])) };
}

const sitesOf = (selected: Selected): Selected[] => [
  ...(selected.site === undefined ? [] : [selected]),
  ...selected.children.flatMap(sitesOf),
];

function collectType(collector: Collector, type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Selected[] {
  const groups = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const set of sets) gather(collector, set.selections, groups, visited);
  return [...groups].map(([responseKey, nodes]) => selectedField(collector, type, responseKey, nodes));
}

function gather(
  collector: Collector,
  selections: readonly SelectionNode[],
  groups: Map<string, FieldNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selections) {
    if (!included(collector, selection)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const nodes = groups.get(key);
      if (nodes) nodes.push(selection);
      else groups.set(key, [selection]);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      gather(collector, selection.selectionSet.selections, groups, visited);
    } else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      const fragment = collector.fragments.get(selection.name.value);
      if (fragment) gather(collector, fragment.selectionSet.selections, groups, visited);
    }
  }
}

function included(collector: Collector, node: SelectionNode): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, collector.variables);
  if (skip?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, collector.variables)?.['if'] !== false;
}

function selectedField(
  collector: Collector,
  type: GraphQLObjectType,
  responseKey: string,
  nodes: readonly FieldNode[],
): Selected {
  const name = nodes[0]?.name.value ?? '';
  const field = type.getFields()[name];
  const selected: Selected = { responseKey, name, parentType: type.name, nodes, children: [] };
  if (field === undefined) return selected;
  if (field.args.length > 0) {
    selected.site = collector.sites;
    collector.sites += 1;
  }
  const target = getNamedType(field.type);
  if (isObjectType(target)) {
    const sets = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
    selected.children = collectType(collector, target, sets);
  }
  return selected;
}

/** Names of the variables that @skip and @include read: with the document they decide the tree. */
export function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (typeof node === 'object' && node !== null && 'kind' in node) {
      if (node.kind === Kind.DIRECTIVE) readCondition(node, names);
      for (const [key, value] of Object.entries(node)) if (key !== 'loc') walk(value);
    }
  };
  walk(document.definitions);
  return [...names].sort();
}

function readCondition(node: object, names: Set<string>): void {
  const directive = node as { arguments?: readonly { value: { kind: string; name?: { value: string } } }[] };
  for (const argument of directive.arguments ?? []) {
    if (argument.value.kind === Kind.VARIABLE && argument.value.name) names.add(argument.value.name.value);
  }
}
