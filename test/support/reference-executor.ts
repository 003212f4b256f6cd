/**
 * The reference executor: the same schema run by graphql-js itself, with resolvers that look up rows in arrays. It reads each
 * table once and knows nothing of the compiler's SQL, so an equal answer means that the compiler is right.
 */
import type { PgTable } from 'drizzle-orm/pg-core';
import { getTableConfig } from 'drizzle-orm/pg-core';
import {
  defaultFieldResolver,
  execute,
  getNullableType,
  isEnumType,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
} from 'graphql';
import * as tables from '../../drizzle/tables/index.ts';
import { buildReadModel } from '../../schema/index.ts';
import type { DataClass } from '../../src/access/classes.ts';
import type { Database } from '../../src/db/client.ts';
import type { Condition, Match, Ordering, Source } from '../../src/read/catalog.ts';
import { makeCursor, readCursor, type CursorKey, type Position } from '../../src/read/cursor.ts';
import type { FieldModel, ReadModel, TypeModel } from '../../src/read/model.ts';
import { readVerdicts } from './verdicts.ts';

export type Row = Record<string, unknown>;
type World = Map<string, Row[]>;

/** A row on its way through the tree, with the row it was reached from. */
interface Node {
  row: Row;
  origin?: Row;
}

const TABLES: PgTable[] = Object.values(tables);

/** All rows that a tenant may see, and the public ones, by table; instants in milliseconds as the API answers them. */
export async function loadWorld(owner: Database, tenant: string): Promise<World> {
  const world: World = new Map();
  for (const table of TABLES) {
    const { name, columns: all } = getTableConfig(table);
    const columns = all.filter((column) => name !== 'raw_message' || column.name !== 'payload');
    const picked = columns.map((c) => (c.getSQLType().endsWith('[]') ? `to_json(${c.name}) as ${c.name}` : c.name));
    const own = columns.some((column) => column.name === 'tenant_id');
    const text = `select ${picked.join(', ')} from ${name} ${own ? 'where tenant_id = $1::uuid' : 'where $1::uuid is not null'}`;
    const instants = columns.filter((column) => column.getSQLType().startsWith('timestamp')).map((c) => c.name);
    const rows = await owner.query<Row>(text, [tenant]);
    for (const row of rows) {
      for (const column of instants) {
        if (typeof row[column] === 'string') row[column] = new Date(row[column]).toISOString();
      }
    }
    world.set(name, [...rows]);
  }
  completeVerdicts(world);
  return world;
}

/** Puts what a determination's bytes say in their place. */
function completeVerdicts(world: World): void {
  const results = new Map((world.get('rule_result') ?? []).map((row) => [Number(row['number']), row as never]));
  for (const row of world.get('determination') ?? []) {
    const dispense = (world.get('dispense') ?? []).find((one) => one['id'] === row['dispense_id']);
    const id = (value: unknown): string | null => (typeof value === 'string' ? value : null);
    const known = {
      claim: id(row['claim_id']) ?? id(dispense?.['claim_id']),
      patient: id(row['patient_id']),
      encounter: id(row['encounter_id']),
      prescription: id(row['prescription_id']),
    };
    row['verdicts'] = readVerdicts(row['verdicts'] as Buffer, known, results);
  }
}

/** Who asks and when. */
export interface ReferenceReader {
  classes: ReadonlySet<DataClass>;
  tenantId: string;
  cursorKey: CursorKey;
  now: Date;
}

/** Runs queries over a loaded world. */
export class ReferenceExecutor {
  readonly #model: ReadModel = buildReadModel();
  readonly #world: World;
  readonly #reader: ReferenceReader;

  constructor(world: World, reader: ReferenceReader) {
    this.#world = world;
    this.#reader = reader;
    for (const type of Object.values(this.#model.schema.getTypeMap())) {
      if (type.name.startsWith('__') || !('getFields' in type)) continue;
      for (const field of Object.values(type.getFields())) if ('resolve' in field) delete field.resolve;
    }
  }

  /** The answer of graphql-js. */
  run(document: DocumentNode, variableValues: Record<string, unknown>): ExecutionResult {
    const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
      const parent = info.parentType.name;
      if (parent === 'Query') return this.#root(info.fieldName, args);
      const type = this.#model.types.get(parent);
      const field = type?.fields.get(info.fieldName);
      if (type === undefined || field === undefined) return defaultFieldResolver(source, args, context, info);
      return this.#field(type, field, source as Node, args, info.returnType);
    };
    const result = execute({ schema: this.#model.schema, document, variableValues, fieldResolver });
    if (result instanceof Promise) throw new Error('the reference executor is synchronous');
    return result;
  }

  #root(name: string, args: Record<string, unknown>): unknown {
    const root = this.#model.roots.get(name);
    const target = this.#model.types.get(root?.target ?? '');
    if (root === undefined || target === undefined) throw new Error(`no root ${name}`);
    const rows = this.#rows(target, () => true);
    const { declaration } = root;
    if (declaration.kind === 'one') {
      const found = rows.find((row) => row[declaration.by] === Object.values(args)[0]);
      return found && { row: found };
    }
    const filter = (args['filter'] ?? {}) as Record<string, unknown>;
    const kept = rows.filter((row) =>
      Object.entries(filter).every(([condition, wanted]) => {
        if (wanted === null) return true;
        const on = root.filter?.get(condition)?.on;
        const value = on && 'column' in on ? row[on.column] : this.#computed(`${root.target}.${condition}`, row);
        return typeof wanted === 'object' ? compare(value, wanted as Row) : value === wanted;
      }),
    );
    const orderBy = args['orderBy'] as string | null | undefined;
    const permitted = [...root.orderings].find(([, ordering]) => this.#reader.classes.has(ordering.data));
    const orderingName = orderBy ?? permitted?.[0] ?? 'ID';
    const ordering = root.orderings.get(orderingName);
    if (ordering === undefined) throw new Error(`no ordering ${orderingName}`);
    return this.#page(kept, target, ordering, orderingName, `Query.${name}`, args);
  }

  #field(
    type: TypeModel,
    field: FieldModel,
    node: Node,
    args: Record<string, unknown>,
    output: GraphQLOutputType,
  ): unknown {
    if (!this.#reader.classes.has(field.data)) return null;
    const { source } = field;
    if (source.kind === 'json-list') {
      const list = node.row[source.sql === undefined ? (source.column ?? source.key ?? '') : 'verdicts'];
      return (Array.isArray(list) ? list : []).map((row: Row) => ({ row, origin: node.row }));
    }
    if (source.kind !== 'edge') return plain(this.#value(type, field, node, source), output);
    const target = this.#model.types.get(field.target ?? '');
    if (target === undefined) throw new Error(`${type.name}.${field.name} leads nowhere`);
    const rows = this.#edge(node.row, source, target);
    if (field.shape === 'one') {
      const { latest } = source;
      const [first] =
        latest === undefined ? rows : [...rows].sort((a, b) => latestFirst(a, b, latest) || -text(a['id'], b['id']));
      return first && { row: first, origin: node.row };
    }
    const sorted = [...rows].sort((a, b) => text(a[target.key], b[target.key]));
    if (field.shape === 'list') return sorted.map((row) => ({ row, origin: node.row }));
    const ordering: Ordering = { column: target.key, descending: false, data: 'OPS' };
    return this.#page(sorted, target, ordering, 'ID', `${type.name}.${field.name}`, args, node.row);
  }

  #value(type: TypeModel, field: FieldModel, node: Node, source: Source): unknown {
    if (source.kind === 'expression') return this.#computed(`${type.name}.${field.name}`, node.row);
    if (source.kind === 'json') return node.row[source.key];
    if (source.kind !== 'column') return undefined;
    if (source.origin === true) return node.origin?.[source.column];
    if (source.via === undefined) return node.row[source.column];
    const via = type.via.get(source.via);
    const rows = this.#world.get(via?.table.name ?? '') ?? [];
    return rows.find((row) => linked(row, node.row, via?.via.on ?? {}) && holds(row, via?.via.where ?? {}))?.[
      source.column
    ];
  }

  #rows(type: TypeModel, keep: (row: Row) => boolean, where: Condition = {}): Row[] {
    const rows = this.#world.get(type.table?.name ?? '') ?? [];
    return rows.filter((row) => holds(row, type.where) && holds(row, where) && keep(row));
  }

  #edge(from: Row, source: Extract<Source, { kind: 'edge' }>, target: TypeModel): Row[] {
    const { through, on, where } = source;
    if (through === undefined) return this.#rows(target, (row) => linked(row, from, on), where);
    const links = (this.#world.get(getTableConfig(through.table).name) ?? []).filter((link) =>
      linked(link, from, through.on),
    );
    return this.#rows(target, (row) => links.some((link) => linked(row, link, through.to)), where);
  }

  #page(
    rows: Row[],
    target: TypeModel,
    ordering: Ordering,
    orderingName: string,
    place: string,
    args: Record<string, unknown>,
    origin?: Row,
  ): unknown {
    const direction = ordering.descending ? -1 : 1;
    const sorted = [...rows].sort(
      (a, b) => direction * (order(a, b, ordering.column) || text(a[target.key], b[target.key])),
    );
    const context = `${this.#reader.tenantId}|${place}|${orderingName}|`;
    const after = args['after'];
    const position = typeof after === 'string' ? readCursor(this.#reader.cursorKey, context, after) : undefined;
    const rest = position === undefined ? sorted : sorted.filter((row) => behind(row, position, ordering, target.key));
    const first = (args['first'] ?? 20) as number;
    const page = rest.slice(0, first);
    const node = (row: Row): Node => (origin === undefined ? { row } : { row, origin });
    const cursor = (row: Row | undefined): string | null =>
      row === undefined
        ? null
        : makeCursor(this.#reader.cursorKey, context, {
            value: (row[ordering.column] as string | null) ?? null,
            key: String(row[target.key]),
          });
    return {
      nodes: page.map(node),
      edges: page.map((row) => ({ cursor: cursor(row), node: node(row) })),
      totalCount: rows.length,
      pageInfo: {
        hasNextPage: rest.length > first,
        hasPreviousPage: typeof after === 'string',
        startCursor: cursor(page[0]),
        endCursor: cursor(page.at(-1)),
      },
    };
  }

  /** What the expressions of the types and filters mean, said again in plain code. */
  #computed(name: string, row: Row): unknown {
    const all = (table: string): Row[] => this.#world.get(table) ?? [];
    const allocated = (): boolean =>
      all('allocation').some((a) => a['dispense_id'] === row['id'] && a['superseded_at'] === null);
    const states = all('raw_state').filter((state) => state['feed'] === row['name']);
    const sum = (column: string, rows = states): number =>
      rows.reduce((total, state) => total + Number(state[column]), 0);
    const last = [...states].sort(
      (a, b) => text(b['received_at'], a['received_at']) || text(b['raw_id'], a['raw_id']),
    )[0];
    const lastAt = last === undefined ? undefined : Date.parse(String(last['received_at']));
    const age = lastAt === undefined ? undefined : (this.#reader.now.getTime() - lastAt) / 1000;
    const recent = states.filter(
      (s) => Date.parse(String(s['received_at'])) >= this.#reader.now.getTime() - 86_400_000,
    );
    const limit = (column: string): number => (row[column] === null ? Infinity : Number(row[column]));
    switch (name) {
      case 'Dispense.allocated':
        return allocated();
      case 'Dispense.chainComplete': {
        const links = ['encounter_id', 'prescription_id', 'determination_id'].every((column) => row[column] !== null);
        return links && allocated() && all('accumulator_entry').some((entry) => entry['dispense_id'] === row['id']);
      }
      case 'AccumulatorBalance.overReplenished':
        return Number(row['available']) < 0;
      case 'Message.controlId':
        return all('raw_message').find((message) => message['id'] === row['raw_id'])?.['control_id'];
      case 'Message.rejected':
        return Number(row['rejected']) > 0;
      case 'Message.errors':
        return all('record_error').some((error) => error['raw_id'] === row['raw_id']);
      case 'Feed.lastReceivedAt':
        return last?.['received_at'];
      case 'Feed.lagSeconds':
        return age === undefined ? null : Math.floor(age);
      case 'Feed.expectedBy':
        return lastAt === undefined || row['warn_after_seconds'] === null
          ? null
          : new Date(lastAt + limit('warn_after_seconds') * 1000).toISOString();
      case 'Feed.payloads':
        return states.length;
      case 'Feed.records':
        return sum('records');
      case 'Feed.accepted':
        return sum('accepted');
      case 'Feed.rejected':
        return sum('rejected');
      case 'Feed.duplicates':
        return sum('duplicate');
      case 'Feed.records24h':
        return sum('records', recent);
      case 'Feed.rejected24h':
        return sum('rejected', recent);
      case 'Feed.health':
        if (row['paused'] === true) return 'PAUSED';
        if (states.some((state) => state['state'] === 'QUARANTINED')) return 'FAILING';
        if (age === undefined || age > limit('error_after_seconds')) return 'SILENT';
        return age > limit('warn_after_seconds') ? 'LATE' : 'FRESH';
      default:
        throw new Error(`no plain meaning for ${name}`);
    }
  }
}

const linked = (row: Row, from: Row, on: Match): boolean =>
  Object.entries(on).every(([column, other]) => row[column] !== null && row[column] === from[other]);

const holds = (row: Row, where: Condition): boolean =>
  Object.entries(where).every(([column, value]) => row[column] === value);

const text = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);

/** Ascending, nulls last. */
function order(a: Row, b: Row, column: string): number {
  if (a[column] === null || b[column] === null) return Number(a[column] === null) - Number(b[column] === null);
  return text(a[column], b[column]);
}

/** Descending, nulls last. */
const latestFirst = (a: Row, b: Row, column: string): number =>
  a[column] === null || b[column] === null ? order(a, b, column) : -text(a[column], b[column]);

function behind(row: Row, position: Position, ordering: Ordering, key: string): boolean {
  const at: Row = { [ordering.column]: position.value, [key]: position.key };
  const compared = order(row, at, ordering.column) || text(row[key], at[key]);
  return ordering.descending ? compared < 0 : compared > 0;
}

function compare(value: unknown, wanted: Row): boolean {
  return Object.entries(wanted).every(([operator, operand]) => {
    if (operand === null || operand === undefined) return true;
    if (value === null || value === undefined) return false;
    const [left, right] = [String(value), String(operand)];
    switch (operator) {
      case 'eq':
        return left === right;
      case 'in':
        return (operand as unknown[]).some((item) => item !== null && String(item) === left);
      case 'gte':
        return left >= right;
      case 'gt':
        return left > right;
      case 'lte':
        return left <= right;
      default:
        return left < right;
    }
  });
}

/** A value outside an enum is null. */
function plain(value: unknown, output: GraphQLOutputType): unknown {
  const bare = getNullableType(output);
  if (!isEnumType(bare)) return value ?? null;
  return bare.getValues().some((item) => item.value === value) ? value : null;
}
