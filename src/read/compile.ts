/**
 * From a selected root field to one SQL statement whose single value is the finished JSON text of that field. Objects are
 * written by text concatenation (faster than json_build_object); an edge to one row is a left join, an edge to several a
 * lateral aggregate; a masked field is a null literal. Connections are written in connection.ts.
 */
import { getNamedType, isEnumType } from 'graphql';
import type { DataClass } from '../access/classes.ts';
import type { Page } from './arguments.ts';
import type { Source } from './catalog.ts';
import { Concatenation } from './concatenation.ts';
import { writeConnection, type ListedRows } from './connection.ts';
import type { FieldModel, ReadModel, TypeModel } from './model.ts';
import { type TableModel, wholeRows } from './tables.ts';
import type { Selected } from './selection.ts';
import { jsonText, literal, nothing } from './values.ts';
import { conditions, conjunction, matches, Writer, type Redaction, type Row, type Slot } from './writer.ts';

/** A compiled root field. */
export interface Plan {
  /** One row, one column `j`: the JSON text of the field. */
  text: string;
  /** Parameters after the tenant ($1). */
  slots: readonly Slot[];
  redactions: readonly Redaction[];
}

/** What compiling needs besides the tree. */
export interface Compilation {
  model: ReadModel;
  classes: ReadonlySet<DataClass>;
  writer: Writer;
  /** The checked arguments of the connections, by site. */
  pages: ReadonlyMap<number, Page>;
}

/** Compiles a root field for a reader's classes. The arguments' shapes are in `pages`; values come when it runs. */
export function compileRoot(
  model: ReadModel,
  classes: ReadonlySet<DataClass>,
  root: Selected,
  pages: ReadonlyMap<number, Page>,
): Plan {
  const writer = new Writer();
  const compilation: Compilation = { model, classes, writer, pages };
  const declared = model.roots.get(root.name);
  const target = model.types.get(declared?.target ?? '');
  if (declared === undefined || target === undefined || !hasTable(target)) {
    throw new Error(`${root.name} is not a declared root field`);
  }
  const path = [root.responseKey];
  const rows: ListedRows = {
    table: target.table,
    key: target.key,
    conditions: (alias) => conditions(target.table, alias, target.where),
  };
  const text =
    declared.declaration.kind === 'connection'
      ? connectionSql(compilation, root, target, `Query.${root.name}`, rows, path)
      : singleSql(compilation, root, target, rows, declared.declaration.by);
  // A selection of __typename alone reads no table; the tenant is a parameter of every statement.
  const complete = text.includes('$1') ? text : `select r.j from (${text}) r where $1::uuid is not null`;
  return { text: complete, slots: writer.slots, redactions: writer.redactions };
}

/** A root field that asks for one row by a unique column. */
function singleSql(compilation: Compilation, root: Selected, target: TypeModel, rows: ListedRows, by: string): string {
  const row: Row = { alias: compilation.writer.alias(), joins: [] };
  const wanted = compilation.writer.parameter({ kind: 'argument', site: root.site ?? 0, index: 0 });
  const object = objectSql(compilation, target, row, root.children, [root.responseKey]);
  const type = rows.table.columns.get(by)?.type ?? 'text';
  const found = conjunction([...rows.conditions(row.alias), `${row.alias}.${by} = ${wanted}::${type}`]);
  const from = `${rows.table.name} ${row.alias}${row.joins.join('')}`;
  return `select coalesce((select ${object} from ${from} where ${found}), 'null') as j`;
}

/** SQL of the JSON text of one object whose row is in scope. Never null. */
export function objectSql(
  compilation: Compilation,
  type: TypeModel,
  row: Row,
  children: readonly Selected[],
  path: readonly string[],
): string {
  const out = new Concatenation().text('{');
  children.forEach((child, index) => {
    out.text(`${index === 0 ? '' : ','}"${child.responseKey}":`);
    if (child.name === '__typename') {
      out.text(`"${type.name}"`);
      return;
    }
    const field = type.fields.get(child.name);
    if (field === undefined) throw new Error(`${type.name}.${child.name} is not declared`);
    const here = [...path, child.responseKey];
    if (compilation.classes.has(field.data)) out.expression(fieldSql(compilation, type, row, field, child, here));
    else {
      out.text('null');
      compilation.writer.redactions.push({ path: here, class: field.data });
    }
  });
  return out.text('}').sql();
}

function fieldSql(
  compilation: Compilation,
  type: TypeModel,
  row: Row,
  field: FieldModel,
  child: Selected,
  path: readonly string[],
): string {
  const { source } = field;
  if (source.kind === 'edge') return edgeSql(compilation, type, row, field, child, path);
  if (source.kind === 'json-list') return jsonListSql(compilation, row, field, child, path);
  const { value, sqlType, present } = valueSql(compilation, type, row, source);
  const text = jsonText(value, field.output, sqlType);
  // A value outside an enum has no JSON text, even in a column that is never null.
  return present && !isEnumType(getNamedType(field.output)) ? text : `coalesce(${text}, ${nothing(field.nonNull)})`;
}

/** The SQL value of a scalar field; `present` = it cannot be null. */
function valueSql(
  compilation: Compilation,
  type: TypeModel,
  row: Row,
  source: Exclude<Source, { kind: 'edge' | 'json-list' }>,
): { value: string; sqlType: string; present: boolean } {
  if (source.kind === 'expression') {
    return {
      value: `(${source.sql(compilation.writer.expressionScope(row.alias))})`,
      sqlType: 'expression',
      present: false,
    };
  }
  if (source.kind === 'json') {
    return { value: `(${row.alias}.value ->> ${literal(source.key)})`, sqlType: 'text', present: false };
  }
  if (source.via !== undefined) {
    const alias = joinVia(type, row, source.via);
    const sqlType = type.via.get(source.via)?.table.columns.get(source.column)?.type ?? 'text';
    return { value: `${alias}.${source.column}`, sqlType, present: false };
  }
  if (source.origin === true) return { value: `${row.origin}.${source.column}`, sqlType: 'text', present: false };
  const column = type.table?.columns.get(source.column);
  return { value: `${row.alias}.${source.column}`, sqlType: column?.type ?? 'text', present: column?.notNull === true };
}

/** Joins the row's companion once and answers its alias. */
function joinVia(type: TypeModel, row: Row, name: string): string {
  const alias = `${row.alias}_${name}`;
  const via = type.via.get(name);
  if (via === undefined) throw new Error(`${type.name} has no companion ${name}`);
  const on = conjunction([...conditions(via.table, alias, via.via.where), ...matches(via.via.on, alias, row.alias)]);
  const join = ` left join ${via.table.name} ${alias} on ${on}`;
  if (!row.joins.includes(join)) row.joins.push(join);
  return alias;
}

/** The rows that an edge leads to, seen from the row `from`. */
function edgeRows(
  writer: Writer,
  from: string,
  source: Extract<Source, { kind: 'edge' }>,
  target: TypeModel & { table: TableModel },
): ListedRows {
  const own = { ...target.where, ...source.where };
  return {
    table: target.table,
    key: target.key,
    conditions: (alias) => {
      const rows = conditions(target.table, alias, own);
      if (source.through === undefined) return [...rows, ...matches(source.on, alias, from)];
      const { table, on, to } = source.through;
      const link = writer.alias();
      const tie = conjunction([...matches(on, link, from), ...matches(to, alias, link)]);
      return [...rows, `exists (select 1 from ${writer.expressionScope(link).from(table, link, tie)})`];
    },
  };
}

/** What writing an edge needs. */
interface Edge {
  compilation: Compilation;
  row: Row;
  field: FieldModel;
  target: TypeModel;
  rows: ListedRows;
  child: Selected;
  path: readonly string[];
}

function edgeSql(
  compilation: Compilation,
  type: TypeModel,
  row: Row,
  field: FieldModel,
  child: Selected,
  path: readonly string[],
): string {
  const target = compilation.model.types.get(field.target ?? '');
  if (field.source.kind !== 'edge' || target === undefined || !hasTable(target)) {
    throw new Error(`${type.name}.${field.name} is no edge`);
  }
  const rows = edgeRows(compilation.writer, row.alias, field.source, target);
  const edge: Edge = { compilation, row, field, target, rows, child, path };
  if (field.shape === 'one') return oneSql(edge, field.source.latest);
  const lateral = field.shape === 'connection' ? nestedConnection(edge, `${type.name}.${field.name}`) : listSql(edge);
  const name = compilation.writer.alias();
  row.joins.push(` left join lateral (${lateral}) ${name} on true`);
  return `${name}.j`;
}

const hasTable = (type: TypeModel): type is TypeModel & { table: TableModel } => type.table !== undefined;

/** An edge to one row: a left join on a unique key, or the latest of several. */
function oneSql({ compilation, row, field, target, rows, child, path }: Edge, latest: string | undefined): string {
  const alias = compilation.writer.alias();
  if (latest === undefined)
    row.joins.push(` left join ${rows.table.name} ${alias} on ${conjunction(rows.conditions(alias))}`);
  else {
    const inner = compilation.writer.alias();
    const order = `${inner}.${latest} desc nulls last, ${inner}.${target.key} desc`;
    const found = conjunction(rows.conditions(inner));
    const pick = `select ${wholeRows(rows.table, inner)} from ${rows.table.name} ${inner} where ${found} order by ${order} limit 1`;
    row.joins.push(` left join lateral (${pick}) ${alias} on true`);
  }
  const there: Row = { alias, joins: row.joins, origin: row.alias };
  const object = objectSql(compilation, target, there, child.children, path);
  return `case when ${alias}.${target.key} is null then ${nothing(field.nonNull)} else ${object} end`;
}

/** A plain list, in the order of the target's key. */
function listSql({ compilation, row, target, rows, child, path }: Edge): string {
  const item: Row = { alias: compilation.writer.alias(), joins: [], origin: row.alias };
  const object = objectSql(compilation, target, item, child.children, path);
  const from = `${rows.table.name} ${item.alias}${item.joins.join('')}`;
  const found = conjunction(rows.conditions(item.alias));
  return `select ${jsonArray(object, `${item.alias}.${target.key}`)} as j from ${from} where ${found}`;
}

const jsonArray = (object: string, order: string): string =>
  `'[' || coalesce(string_agg(${object}, ',' order by ${order}), '') || ']'`;

function nestedConnection({ compilation, row, target, rows, child, path }: Edge, place: string): string {
  return connectionSql(compilation, child, target, place, rows, path, row.alias);
}

function connectionSql(
  compilation: Compilation,
  child: Selected,
  target: TypeModel,
  place: string,
  rows: ListedRows,
  path: readonly string[],
  origin?: string,
): string {
  const page = compilation.pages.get(child.site ?? -1);
  if (page === undefined) throw new Error(`${place} has no page`);
  const { writer } = compilation;
  return writeConnection(writer, page, child, place, rows, (alias, children, at) => {
    const row: Row = { alias, joins: [], ...(origin === undefined ? {} : { origin }) };
    return { object: objectSql(compilation, target, row, children, [...path, ...at]), joins: row.joins };
  });
}

/** The jsonb array of a list of elements; whatever is no array is an empty one. */
function listedSql({ writer }: Compilation, row: Row, source: Extract<Source, { kind: 'json-list' }>): string {
  if (source.sql !== undefined) return `(${source.sql(writer.expressionScope(row.alias))})`;
  const list =
    source.column === undefined
      ? `(${row.alias}.value -> ${literal(source.key ?? '')})`
      : `${row.alias}.${source.column}`;
  return `case jsonb_typeof(${list}) when 'array' then ${list} else '[]'::jsonb end`;
}

function jsonListSql(
  compilation: Compilation,
  row: Row,
  field: FieldModel,
  child: Selected,
  path: readonly string[],
): string {
  const target = compilation.model.types.get(field.target ?? '');
  const source = field.source;
  if (source.kind !== 'json-list' || target === undefined) throw new Error(`${field.name} is no list of elements`);
  const element: Row = { alias: compilation.writer.alias(), joins: [], origin: row.alias };
  const object = objectSql(compilation, target, element, child.children, path);
  const array = listedSql(compilation, row, source);
  const from = `jsonb_array_elements(${array}) with ordinality ${element.alias}(value, place)${element.joins.join('')}`;
  const name = compilation.writer.alias();
  const items = jsonArray(object, `${element.alias}.place`);
  row.joins.push(` left join lateral (select ${items} as j from ${from}) ${name} on true`);
  return `${name}.j`;
}
