/**
 * Answers an operation: selection -> plans -> one transaction with one statement per root field -> finished JSON text.
 * Everything that can be refused (limits, arguments, cursors, classes) is refused before the transaction begins.
 */
import {
  execute,
  getArgumentValues,
  GraphQLError,
  Kind,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { Scope } from '../access/scope.ts';
import type { Database } from '../db/client.ts';
import { cursorPlace, pageShape, pageValues, parameterText, readPage, type Page, type Reader } from './arguments.ts';
import { compileRoot, type Plan } from './compile.ts';
import type { CursorKey } from './cursor.ts';
import { readError } from './errors.ts';
import { checkLimits, MAX_ROOTS, pageVariables } from './limits.ts';
import type { Ordering } from './catalog.ts';
import type { ReadModel } from './model.ts';
import { LruCache } from './plan-cache.ts';
import { completeHoles } from './propagate.ts';
import { collect, conditionVariables, type Selected, type Selection } from './selection.ts';
import { HOLE } from './values.ts';
import type { Redaction, Slot } from './writer.ts';

/** What reading needs. */
export interface ReadEngine {
  model: ReadModel;
  db: Database;
  cursorKey: CursorKey;
  clock: () => Date;
  /** Called with every statement sent for a root field; tests count them. */
  onStatement?: (text: string) => void;
}

/** An operation that has been validated, its variables coerced by the specification's rules. */
export interface Request {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
  /** The variables as sent. */
  sent: Readonly<Record<string, unknown>>;
}

/** A request whose selection is collected; `key` names the selection in the plan cache. */
export interface Opened {
  selection: Selection;
  key: string;
}

/**
 * The finished answer: errors, what was masked, and the JSON text of `data` in pieces of UTF-8, most of them as the database
 * sent them: they are neither decoded nor copied on their way to the socket.
 */
export interface Answer {
  data: readonly Buffer[];
  errors: readonly GraphQLError[];
  redactions: readonly Redaction[];
}

/** A root field's statement with its parameters, or the answer it has without a statement. */
interface Prepared {
  root: Selected;
  plan?: Plan;
  parameters: readonly unknown[];
  /** JSON text that needs no statement. */
  text?: string;
  errors: GraphQLError[];
}

/** What is known of a document, found out once: its number, and the variables on which its tree and its cost depend. */
interface KnownDocument {
  id: number;
  conditions: string[];
  pages: string[];
}

const ID_ORDERING: Ordering = { column: 'id', descending: false, data: 'OPS' };

const NULL = Buffer.from('null');
const BEGIN = Buffer.from('{');
const END = Buffer.from('}');

/** True for operations that read no data: introspection and `__typename` alone go the ordinary way. */
export const readsData = (selection: Selection): boolean => selection.roots.some((root) => !root.name.startsWith('__'));

/** Compiles and runs read operations; holds the caches. */
export class ReadCompiler {
  readonly #engine: ReadEngine;
  readonly #selections = new LruCache<Selection>(1_000);
  readonly #plans = new LruCache<Plan>(2_000);
  /** Operations whose cost was checked, with the numbers of rows it was checked for. */
  readonly #affordable = new LruCache<true>(2_000);
  readonly #documents = new WeakMap<DocumentNode, KnownDocument>();
  #documentCount = 0;

  constructor(engine: ReadEngine) {
    this.#engine = engine;
  }

  /**
   * Checks the limits (first of all: opening a document whose fragments fan out is what they prevent), then answers the
   * selection tree, cached by document, operation and the variables of @skip and @include. Throws TOO_DEEP, TOO_COSTLY.
   */
  open(request: Request): Opened {
    const { document, operation, variables, sent } = request;
    const known = this.#known(document);
    const name = `${known.id}|${operation.name?.value ?? ''}`;
    const rows = known.pages.map((page) => (typeof sent[page] === 'number' ? sent[page] : '')).join();
    this.#affordable.get(`${name}|${rows}`, () => {
      checkLimits(this.#engine.model, document, operation, sent);
      return true;
    });
    const conditions = known.conditions.map((condition) => (variables[condition] === true ? '1' : '0')).join('');
    const key = `${name}|${conditions}`;
    const root = this.#engine.model.schema.getQueryType();
    if (!root) throw new Error('the schema has no Query');
    return { selection: this.#selections.get(key, () => collect(document, operation, root, variables)), key };
  }

  #known(document: DocumentNode): KnownDocument {
    const known = this.#documents.get(document);
    if (known !== undefined) return known;
    this.#documentCount += 1;
    const pages = pageVariables(document);
    const seen = { id: this.#documentCount, conditions: conditionVariables(document), pages };
    this.#documents.set(document, seen);
    return seen;
  }

  /**
   * Answers a query. Errors thrown: GraphQLError with code (refused before anything ran), DatabaseError. Errors of single
   * fields are in the answer.
   */
  async answer(request: Request, scope: Scope, opened: Opened = this.open(request)): Promise<Answer> {
    const { selection, key } = opened;
    if (selection.roots.length > MAX_ROOTS)
      throw readError('TOO_COSTLY', `At most ${MAX_ROOTS} root fields per request.`);
    const prepared = selection.roots.map((root, index) =>
      this.#prepare(request, selection, `${key}|${index}`, root, scope),
    );
    const answered = await this.#run(prepared, scope);
    return assemble(this.#engine.model, prepared, answered);
  }

  #prepare(request: Request, selection: Selection, key: string, root: Selected, scope: Scope): Prepared {
    if (root.name.startsWith('__')) return introspect(this.#engine.model, request, root);
    const reader: Reader = { classes: scope.classes, tenantId: scope.tenantId, cursorKey: this.#engine.cursorKey };
    let bound: { pages: Map<number, Page>; shape: string; values: Map<number, string[]> };
    try {
      bound = bind(this.#engine.model, selection, root, request, reader);
    } catch (error) {
      // Coercion of arguments fails like a resolver would: this field is null; our own refusals stop the request.
      if (!(error instanceof GraphQLError) || error.extensions['code'] !== undefined) throw error;
      const located = new GraphQLError(error.message, { nodes: error.nodes ?? root.nodes, path: [root.responseKey] });
      return { root, parameters: [], text: 'null', errors: [located] };
    }
    const classes = [...scope.classes].sort().join();
    const make = (): Plan => compileRoot(this.#engine.model, scope.classes, root, bound.pages);
    const plan = this.#plans.get(`${key}|${bound.shape}|${classes}`, make);
    return { root, plan, errors: [], parameters: plan.slots.map((slot) => this.#value(slot, bound.values, scope)) };
  }

  #value(slot: Slot, values: Map<number, string[]>, scope: Scope): unknown {
    switch (slot.kind) {
      case 'argument':
        return values.get(slot.site)?.[slot.index];
      case 'now':
        return this.#engine.clock().toISOString();
      case 'cursor-inner':
        return this.#engine.cursorKey.inner.toString('hex');
      case 'cursor-outer':
        return this.#engine.cursorKey.outer.toString('hex');
      case 'cursor-place':
        return cursorPlace(scope.tenantId, slot.place, slot.ordering);
    }
  }

  /** One transaction, one round trip: BEGIN, the tenant, a statement per root field, COMMIT. One snapshot for all of them. */
  async #run(prepared: readonly Prepared[], scope: Scope): Promise<Buffer[]> {
    const steps = prepared.flatMap(({ plan, parameters, root }) =>
      plan === undefined
        ? []
        : [
            {
              text: plan.text,
              params: [scope.tenantId, ...parameters],
              options: { name: `read ${root.name}`, raw: true },
            },
          ],
    );
    for (const step of steps) this.#engine.onStatement?.(step.text);
    if (steps.length === 0) return [];
    const settings = { 'hub.tenant': scope.tenantId };
    const answers = await this.#engine.db.batch(steps, { readOnly: true, isolation: 'repeatable read', settings });
    return answers.map((rows) => rows[0]?.[0] as Buffer);
  }
}

/** Coerces and checks the arguments of one root field's tree. */
function bind(
  model: ReadModel,
  selection: Selection,
  root: Selected,
  request: Request,
  reader: Reader,
): { pages: Map<number, Page>; shape: string; values: Map<number, string[]> } {
  const pages = new Map<number, Page>();
  const values = new Map<number, string[]>();
  const shapes: string[] = [];
  const bindSite = (selected: Selected, site: number): void => {
    const field = model.schema.getType(selected.parentType);
    const definition = field && 'getFields' in field ? field.getFields()[selected.name] : undefined;
    const node = selected.nodes[0];
    if (definition === undefined || node === undefined || !('args' in definition)) return;
    const given = getArgumentValues(definition, node, request.variables);
    const declared = selected.parentType === 'Query' ? model.roots.get(selected.name) : undefined;
    if (declared?.declaration.kind === 'one') {
      const type = model.types.get(declared.target)?.table?.columns.get(declared.declaration.by)?.type;
      values.set(site, [parameterText(Object.values(given)[0], type)]);
      return;
    }
    const target = model.types.get(
      declared?.target ?? model.types.get(selected.parentType)?.fields.get(selected.name)?.target ?? '',
    );
    const orderings = declared?.orderings ?? new Map([['ID', { ...ID_ORDERING, column: target?.key ?? 'id' }]]);
    const place = `${selected.parentType}.${selected.name}`;
    const columns = target?.table?.columns ?? new Map();
    const filter = declared?.filter === undefined ? {} : { filter: declared.filter };
    const page = readPage({ place, columns, orderings, ...filter }, given, reader, selected.nodes);
    pages.set(site, page);
    values.set(site, pageValues(page));
    shapes.push(pageShape(page));
  };
  for (const selected of selection.sites.get(root) ?? []) bindSite(selected, selected.site ?? 0);
  return { pages, values, shape: shapes.join(';') };
}

/** `__schema`, `__type` and `__typename` beside data: graphql-js answers that part. */
function introspect(model: ReadModel, request: Request, root: Selected): Prepared {
  const operation: OperationDefinitionNode = {
    ...request.operation,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...root.nodes] },
  };
  const definitions = [operation, ...request.document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION)];
  const result = execute({
    schema: model.schema,
    document: { kind: Kind.DOCUMENT, definitions },
    variableValues: request.sent,
  });
  if (result instanceof Promise) throw new Error('introspection does not wait for anything');
  return {
    root,
    parameters: [],
    text: JSON.stringify(result.data?.[root.responseKey] ?? null),
    errors: [...(result.errors ?? [])],
  };
}

/** Puts the root fields' texts together in the order of the selection. */
function assemble(model: ReadModel, prepared: readonly Prepared[], answered: readonly Buffer[]): Answer {
  const errors: GraphQLError[] = [];
  const redactions: Redaction[] = [];
  let next = 0;
  const data = prepared.flatMap(({ root, plan, text, errors: own }, index) => {
    errors.push(...own);
    redactions.push(...(plan?.redactions ?? []));
    let json = text === undefined ? answered[next] : Buffer.from(text);
    if (text === undefined) next += 1;
    if (json?.includes(HOLE) === true) {
      const completed = completeHoles(model.schema, root, json.toString());
      errors.push(...completed.errors);
      json = Buffer.from(JSON.stringify(completed.data));
    }
    return [Buffer.from(`${index === 0 ? '' : ','}"${root.responseKey}":`), json ?? NULL];
  });
  return { data: [BEGIN, ...data, END], errors, redactions };
}
