/**
 * A connection as one select: the page's rows are found and numbered first (keyset, limit), the joins of what was asked for
 * run on those rows only, and one aggregate writes nodes, edges and page info. totalCount is a count of its own.
 */
import type { Page } from './arguments.ts';
import { Concatenation } from './concatenation.ts';
import { cursorSql } from './cursor.ts';
import type { Selected } from './selection.ts';
import { type TableModel, wholeRows } from './tables.ts';
import { conjunction, type Writer } from './writer.ts';

/** Rows that a list or an edge leads to. `conditions` brings the tenant predicate of every table it names. */
export interface ListedRows {
  table: TableModel;
  key: string;
  conditions(alias: string): string[];
}

/** Writes the object of a row; answers its text and the joins it needs. `at` = response keys below the connection. */
export type WriteObject = (
  alias: string,
  children: readonly Selected[],
  at: readonly string[],
) => { object: string; joins: readonly string[] };

/** What the parts of one connection share. */
interface Context {
  writer: Writer;
  page: Page;
  rows: ListedRows;
  site: number;
  place: string;
  /** Aliases: row in the page, numbered page. */
  row: string;
  numbered: string;
  /** Columns of the numbered page (JSON texts) and joins they need. */
  columns: string[];
  joins: string[];
  /** Something is worked out over the rows of the page. */
  aggregated: boolean;
  write: WriteObject;
}

/** `select ... as j`: always one row, the JSON text of the connection. */
export function writeConnection(
  writer: Writer,
  page: Page,
  child: Selected,
  place: string,
  rows: ListedRows,
  write: WriteObject,
): string {
  const context: Context = {
    writer,
    page,
    rows,
    site: child.site ?? 0,
    place,
    row: writer.alias(),
    numbered: writer.alias(),
    columns: [],
    joins: [],
    aggregated: false,
    write,
  };
  const out = new Concatenation().text('{');
  child.children.forEach((part, index) => {
    out.text(`${index === 0 ? '' : ','}"${part.responseKey}":`);
    writePart(context, part, out, child.nodes[0]?.name.value ?? '');
  });
  const text = out.text('}').sql();
  // Without an aggregate over the page, reading from it would answer a row per row.
  return !context.aggregated
    ? `select ${text} as j`
    : `select ${text} as j from (${pageSql(context, needsOneMore(child))}) ${context.numbered}`;
}

const needsOneMore = (child: Selected): boolean =>
  child.children.some((part) => part.name === 'pageInfo' && part.children.some((c) => c.name === 'hasNextPage'));

function writePart(context: Context, part: Selected, out: Concatenation, field: string): void {
  switch (part.name) {
    case 'nodes':
      out.expression(aggregate(context, objectColumn(context, part.children, [part.responseKey])));
      return;
    case 'edges':
      out.expression(aggregate(context, edgeColumn(context, part)));
      return;
    case 'totalCount':
      out.expression(countSql(context));
      return;
    case 'pageInfo':
      writePageInfo(context, part, out);
      return;
    case '__typename':
      out.text(`"${part.parentType}"`);
      return;
    default:
      throw new Error(`${field} has no part ${part.name}`);
  }
}

/** Adds a column to the numbered page and answers its name. */
function column(context: Context, sql: string): string {
  const known = context.columns.findIndex((existing) => existing === sql);
  if (known >= 0) return `c${known}`;
  context.columns.push(sql);
  return `c${context.columns.length - 1}`;
}

function objectColumn(context: Context, children: readonly Selected[], at: readonly string[]): string {
  const { object, joins } = context.write(context.row, children, at);
  context.joins.push(...joins.filter((join) => !context.joins.includes(join)));
  return column(context, object);
}

function edgeColumn(context: Context, part: Selected): string {
  const out = new Concatenation().text('{');
  part.children.forEach((child, index) => {
    out.text(`${index === 0 ? '' : ','}"${child.responseKey}":`);
    if (child.name === '__typename') out.text(`"${child.parentType}"`);
    else if (child.name === 'cursor') out.expression(cursor(context));
    else {
      const { object, joins } = context.write(context.row, child.children, [part.responseKey, child.responseKey]);
      context.joins.push(...joins.filter((join) => !context.joins.includes(join)));
      out.expression(object);
    }
  });
  return column(context, out.text('}').sql());
}

function cursor(context: Context): string {
  const { writer, page, row, rows } = context;
  return cursorSql(`${row}.${page.ordering.column}::text`, `${row}.${rows.key}::text`, {
    context: writer.parameter({ kind: 'cursor-place', place: context.place, ordering: page.orderingName }),
    inner: writer.parameter({ kind: 'cursor-inner' }),
    outer: writer.parameter({ kind: 'cursor-outer' }),
  });
}

const argument = (context: Context, index: number): string =>
  context.writer.parameter({ kind: 'argument', site: context.site, index });

const first = (context: Context): string => `${argument(context, 0)}::int`;

/** The rows of the page, without the one more that tells whether there are further ones. */
function inPage(context: Context): string {
  context.aggregated = true;
  return `filter (where ${context.numbered}.n <= ${first(context)})`;
}

function aggregate(context: Context, name: string): string {
  const { numbered } = context;
  return `'[' || coalesce(string_agg(${numbered}.${name}, ',' order by ${numbered}.n) ${inPage(context)}, '') || ']'`;
}

function writePageInfo(context: Context, part: Selected, out: Concatenation): void {
  const { numbered } = context;
  out.text('{');
  part.children.forEach((child, index) => {
    out.text(`${index === 0 ? '' : ','}"${child.responseKey}":`);
    if (child.name === '__typename') out.text(`"${child.parentType}"`);
    else if (child.name === 'hasPreviousPage') out.text(String(context.page.after !== undefined));
    else if (child.name === 'hasNextPage') {
      context.aggregated = true;
      out.expression(`(count(*) > ${first(context)})::text`);
    } else {
      const name = column(context, cursor(context));
      const order = child.name === 'endCursor' ? `${numbered}.n desc` : `${numbered}.n`;
      out.expression(`coalesce((array_agg(${numbered}.${name} order by ${order}) ${inPage(context)})[1], 'null')`);
    }
  });
  out.text('}');
}

/** Index of the first filter value among a page's values. */
const FIRST_TERM = 3;

/** Conditions of the caller's filter. */
function filterSql(context: Context, alias: string): string[] {
  return context.page.terms.map((term, index) => {
    const value = argument(context, FIRST_TERM + index);
    const { on } = term.declaration;
    const [left, type] =
      'column' in on
        ? [`${alias}.${on.column}`, context.rows.table.columns.get(on.column)?.type ?? 'text']
        : [`(${on.expression(context.writer.expressionScope(alias))})`, term.operator === 'is' ? 'boolean' : 'text'];
    switch (term.operator) {
      case 'eq':
      case 'is':
        return `${left} = ${value}::${type}`;
      case 'in':
        return `${left} = any(${value}::${type}[])`;
      case 'gte':
        return `${left} >= ${value}::${type}`;
      case 'gt':
        return `${left} > ${value}::${type}`;
      case 'lte':
        return `${left} <= ${value}::${type}`;
      case 'lt':
        return `${left} < ${value}::${type}`;
    }
  });
}

function countSql(context: Context): string {
  const alias = context.writer.alias();
  const found = conjunction([...context.rows.conditions(alias), ...filterSql(context, alias)]);
  return `(select count(*) from ${context.rows.table.name} ${alias} where ${found})::text`;
}

/** The page: rows in order, numbered, no more than asked for (one more when somebody wants to know whether there are). */
function pageSql(context: Context, oneMore: boolean): string {
  const { rows, row, page } = context;
  const alias = context.writer.alias();
  const found = conjunction([...rows.conditions(alias), ...filterSql(context, alias), ...seekSql(context, alias)]);
  const direction = page.ordering.descending ? ' desc' : '';
  const keys = [...new Set([page.ordering.column, rows.key])];
  const order = keys.map((name) => `${alias}.${name}${direction}`).join(', ');
  const limit = oneMore ? `${first(context)} + 1` : first(context);
  const numbered = `select ${wholeRows(rows.table, alias)}, row_number() over (order by ${order}) as page_row from ${rows.table.name} ${alias} where ${found} order by ${order} limit ${limit}`;
  const columns = context.columns.map((sql, index) => `, ${sql} as c${index}`).join('');
  return `select ${row}.page_row as n${columns} from (${numbered}) ${row}${context.joins.join('')}`;
}

/**
 * What comes after the cursor. Ascending puts nulls last and descending puts them first, as PostgreSQL's indexes do, so both
 * directions walk the same index.
 */
function seekSql(context: Context, alias: string): string[] {
  const { page, rows } = context;
  if (page.after === undefined) return [];
  const table = rows.table;
  const typed = (name: string, index: number): string =>
    `${argument(context, index)}::${table.columns.get(name)?.type ?? 'text'}`;
  const key = `${alias}.${rows.key}`;
  const keyValue = typed(rows.key, 2);
  const than = page.ordering.descending ? '<' : '>';
  if (page.ordering.column === rows.key) return [`${key} ${than} ${keyValue}`];
  const sorted = `${alias}.${page.ordering.column}`;
  const nullable = table.columns.get(page.ordering.column)?.notNull !== true;
  if (page.after.value === null) {
    const amongNulls = `(${sorted} is null and ${key} ${than} ${keyValue})`;
    return [page.ordering.descending ? `(${amongNulls} or ${sorted} is not null)` : amongNulls];
  }
  const further = `(${sorted}, ${key}) ${than} (${typed(page.ordering.column, 1)}, ${keyValue})`;
  return [nullable && !page.ordering.descending ? `(${further} or ${sorted} is null)` : further];
}
