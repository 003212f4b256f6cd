/** The start-up check of the read model: each breach is one sentence that names the type and field. */
import { isObjectType } from 'graphql';
import { OPEN_CLASSES } from '../access/classes.ts';
import type { FieldModel, ReadModel, RootModel, TypeModel } from './model.ts';
import { tableModel, type TableModel } from './tables.ts';

/** Everything that is wrong with the model; empty = it can serve. */
export function modelProblems(model: ReadModel): string[] {
  return [
    ...undeclaredFields(model),
    ...[...model.types.values()].flatMap((type) => typeProblems(model, type)),
    ...[...model.roots.values()].flatMap((root) => rootProblems(model, root)),
  ];
}

/** Deny by default: whatever is in the schema must be declared with a data class, alone or with the command that answers it. */
function undeclaredFields(model: ReadModel): string[] {
  const ours = Object.values(model.schema.getTypeMap()).filter(isObjectType);
  const query = model.schema.getQueryType();
  return ours.flatMap((type) => {
    const known = model.types.get(type.name)?.fields;
    const built = type.name.startsWith('__') || isConnectionPart(model, type.name);
    if (built || model.answers.has(type.name) || type === model.schema.getMutationType()) return [];
    return Object.keys(type.getFields())
      .filter((name) => (type === query ? !model.roots.has(name) : known?.has(name) !== true))
      .map((name) => `${type.name}.${name} has no data class and no source`);
  });
}

const isConnectionPart = (model: ReadModel, name: string): boolean =>
  name === 'PageInfo' || model.connections.has(name) || model.connections.has(name.replace(/Edge$/, 'Connection'));

const missing = (place: string, table: TableModel | undefined, columns: readonly string[]): string[] =>
  columns
    .filter((column) => table?.columns.has(column) !== true)
    .map((column) => `${place}: ${table?.name ?? 'no table'} has no column ${column}`);

function typeProblems(model: ReadModel, type: TypeModel): string[] {
  const own = type.table ? missing(type.name, type.table, [type.key, ...Object.keys(type.where)]) : [];
  const vias = [...type.via].flatMap(([name, { table, via }]) => [
    ...missing(`${type.name} via ${name}`, table, [...Object.keys(via.on), ...Object.keys(via.where ?? {})]),
    ...missing(`${type.name} via ${name}`, type.table, Object.values(via.on)),
    ...(isUnique(table, Object.keys(via.on)) ? [] : [`${type.name} via ${name} is not unique`]),
  ]);
  return [...own, ...vias, ...[...type.fields.values()].flatMap((field) => fieldProblems(model, type, field))];
}

function fieldProblems(model: ReadModel, type: TypeModel, field: FieldModel): string[] {
  const place = `${type.name}.${field.name}`;
  const problems: string[] = [];
  if (field.nonNull && !OPEN_CLASSES.includes(field.data)) {
    problems.push(`${place} is ${field.data} and must be nullable: a masked field answers null`);
  }
  const source = field.source;
  if (source.kind === 'column' && source.origin !== true) {
    const table = source.via === undefined ? type.table : type.via.get(source.via)?.table;
    problems.push(...missing(place, table, [source.column]));
  }
  if (source.kind === 'edge') problems.push(...edgeProblems(model, type, field, place));
  return problems;
}

function edgeProblems(model: ReadModel, type: TypeModel, field: FieldModel, place: string): string[] {
  const source = field.source;
  if (source.kind !== 'edge') return [];
  const target = model.types.get(field.target ?? '');
  if (target?.table === undefined) return [`${place} leads to a type without a table`];
  const to = source.through?.to ?? source.on;
  const problems = missing(place, target.table, [...Object.keys(to), ...Object.keys(source.where ?? {})]);
  problems.push(...missing(place, type.table, Object.values(source.through?.on ?? source.on)));
  if (source.through) {
    const linking = tableModel(source.through.table);
    problems.push(...missing(place, linking, [...Object.keys(source.through.on), ...Object.values(source.through.to)]));
  }
  const single = field.shape === 'one' && source.latest === undefined;
  if (single && !isUnique(target.table, Object.keys(to))) problems.push(`${place} leads to more than one row`);
  return problems;
}

/** True when equality on `columns` finds at most one row (of a tenant, of the current version). */
const isUnique = (table: TableModel, columns: readonly string[]): boolean =>
  table.unique.some((key) => key.every((column) => columns.includes(column)));

function rootProblems(model: ReadModel, root: RootModel): string[] {
  const place = `Query.${root.name}`;
  const target = model.types.get(root.target);
  const table = target?.table;
  if (target === undefined || table === undefined) return [`${place} leads to a type without a table`];
  const problems = root.declaration.kind === 'one' ? missing(place, table, [root.declaration.by]) : [];
  for (const [name, ordering] of root.orderings) {
    problems.push(...missing(`${place} ordered by ${name}`, table, [ordering.column]));
    if (!table.sorted.has(ordering.column)) problems.push(`${place}: no index sorts by ${ordering.column}`);
  }
  if (root.declaration.kind === 'connection' && !root.orderings.has('ID')) problems.push(`${place} lacks ordering ID`);
  for (const [name, filter] of root.filter ?? []) {
    if ('column' in filter.on) problems.push(...missing(`${place} filter ${name}`, table, [filter.on.column]));
  }
  return problems;
}
