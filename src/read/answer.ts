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
import { checkLimits, MAX_ROOTS } from './limits.ts';
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

/** The finished answer: JSON text of `data`, errors, what was masked. */
export interface Answer {
  data: string;
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

const ID_ORDERING: Ordering = { column: 'id', descending: false, data: 'OPS' };

/** True for operations that read no data: introspection and `__typename` alone go the ordinary way. */
export const readsData = (selection: Selection): boolean => selection.roots.some((root) => !root.name.startsWith('__'));

/** Compiles and runs read operations; holds the caches. */
export class ReadCompiler {
  readonly #engine: ReadEngine;
  readonly #selections = new LruCache<Selection>(1_000);
  readonly #plans = new LruCache<Plan>(2_000);
  readonly #documents = new WeakMap<DocumentNode, { id: number; conditions: string[] }>();
  #documentCount = 0;

  constructor(engine: ReadEngine) {
    this.#engine = engine;
  }

  /**
   * Checks the limits (first of all: opening a document whose fragments fan out is what they prevent), then answers the
   * selection tree, cached by document, operation and the variables of @skip and @include. Throws TOO_DEEP, TOO_COSTLY.
   */
  open(request: Request): Opened {
    checkLimits(this.#engine.model, request.document, request.operation, request.sent);
    const known = this.#documents.get(request.document) ?? {
      id: (this.#documentCount += 1),
      conditions: conditionVariables(request.document),
    };
    this.#documents.set(request.document, known);
    const conditions = known.conditions.map((name) => (request.variables[name] === true ? '1' : '0')).join('');
    const key = `${known.id}|${request.operation.name?.value ?? ''}|${conditions}`;
    const root = this.#engine.model.schema.getQueryType();
    if (!root) throw new Error('the schema has no Query');
    const make = (): Selection => collect(request.document, request.operation, root, request.variables);
    return { selection: this.#selections.get(key, make), key };
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
    const texts = await this.#run(prepared, scope);
    return assemble(this.#engine.model, prepared, texts);
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
  async #run(prepared: readonly Prepared[], scope: Scope): Promise<string[]> {
    const steps = prepared.flatMap(({ plan, parameters, root }) =>
      plan === undefined
        ? []
        : [{ text: plan.text, params: [scope.tenantId, ...parameters], options: { name: `read ${root.name}` } }],
    );
    for (const step of steps) this.#engine.onStatement?.(step.text);
    if (steps.length === 0) return [];
    const settings = { 'hub.tenant': scope.tenantId };
    const answers = await this.#engine.db.batch(steps, { readOnly: true, isolation: 'repeatable read', settings });
    return answers.map((rows) => rows[0]?.['j'] as string);
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
  const visit = (selected: Selected): void => {
    const { site } = selected;
    if (site !== undefined && selection.sites[site] === selected) bindSite(selected, site);
    selected.children.forEach(visit);
  };
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
  visit(root);
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
function assemble(model: ReadModel, prepared: readonly Prepared[], texts: readonly string[]): Answer {
  const errors: GraphQLError[] = [];
  const redactions: Redaction[] = [];
  let next = 0;
  const fields = prepared.map(({ root, plan, text, errors: own }) => {
    errors.push(...own);
    redactions.push(...(plan?.redactions ?? []));
    const answered = text ?? texts[next] ?? 'null';
    if (text === undefined) next += 1;
    if (!answered.includes(HOLE)) return `"${root.responseKey}":${answered}`;
    const completed = completeHoles(model.schema, root, answered);
    errors.push(...completed.errors);
    return `"${root.responseKey}":${JSON.stringify(completed.data)}`;
  });
  return { data: `{${fields.join(',')}}`, errors, redactions };
}
