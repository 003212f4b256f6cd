/**
 * Apollo Server around the read compiler: it parses and validates; the compiler answers with finished JSON text, which is
 * handed through (`responseForOperation`), never parsed or serialized again: it leaves as the bytes that the database sent
 * (`sendFinished`). Introspection alone goes the ordinary way.
 */
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { NextFunction, Request, Response } from 'express';
import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Commands } from '../../schema/commands.ts';
import type { Scope } from '../access/scope.ts';
import { DatabaseError } from '../db/client.ts';
import { ReadCompiler, readsData, type Answer, type ReadEngine } from '../read/answer.ts';
import { MAX_TOKENS } from '../read/limits.ts';
import { requestOf } from '../read/request.ts';

/** What a request carries. */
export interface GraphqlContext {
  /** Who asks. */
  scope: Scope;
  /** What mutations may do here; absent = nothing. */
  commands?: Commands | undefined;
  /** Hears what the answer to a mutation does not say. */
  onFault: (error: unknown) => void;
  /** Filled while answering (Apollo copies the context, not what it holds). */
  told: {
    /** First root field of the operation, for metrics: a name of the schema, never one of the caller's. */
    operation?: string;
    /** The whole body in pieces, when the compiler answered. */
    finished?: readonly Buffer[];
  };
}

/** Stands for `data` whose JSON text is in the context. */
const FINISHED_DATA: Record<string, unknown> = Object.freeze({});

/** Makes the server; the caller starts and stops it. `onFault` hears what the reader of an answer must not. */
export function createGraphql(engine: ReadEngine, onFault: (error: unknown) => void): ApolloServer<GraphqlContext> {
  return new ApolloServer<GraphqlContext>({
    schema: engine.model.schema,
    plugins: [
      readPlugin(new ReadCompiler(engine), engine, onFault),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    parseOptions: { maxTokens: MAX_TOKENS },
    introspection: true,
    persistedQueries: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    stringifyResult,
    formatError: (formatted) => formatted,
  });
}

function readPlugin(
  compiler: ReadCompiler,
  engine: ReadEngine,
  onFault: (error: unknown) => void,
): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ document, operation, request, contextValue }): Promise<GraphQLResponse | null> => {
        if (operation.operation === 'mutation') return tooManyCommands(document, operation, contextValue);
        if (operation.operation !== 'query') return null;
        try {
          const compiled = requestOf(engine.model, document, request.operationName ?? null, request.variables ?? {});
          const opened = compiler.open(compiled);
          contextValue.told.operation = opened.selection.roots[0]?.name ?? 'none';
          if (!readsData(opened.selection)) return null;
          contextValue.told.finished = bodyOf(await compiler.answer(compiled, contextValue.scope, opened));
          return response(undefined, { data: FINISHED_DATA });
        } catch (error) {
          // Variables that cannot be coerced: graphql-js says so itself before it resolves anything.
          if (error instanceof GraphQLError && error.extensions['code'] === undefined) return null;
          return refused(error, onFault);
        }
      },
    }),
  };
}

/** Commands of one request: each may read a whole message. */
const MOST_COMMANDS = 10;

/** Refuses a mutation with too many commands, fragments opened; null = it may go on to the resolvers. */
function tooManyCommands(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  context: GraphqlContext,
): GraphQLResponse | null {
  const names = commandsOf(document, operation.selectionSet);
  context.told.operation = names[0] ?? 'none';
  if (names.length <= MOST_COMMANDS) return null;
  return response(400, plainError('TOO_COSTLY', `At most ${MOST_COMMANDS} commands per request.`));
}

/** Each fragment is opened once, as the resolvers would. */
function commandsOf(document: DocumentNode, set: SelectionSetNode, opened = new Set<string>()): string[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return commandsOf(document, selection.selectionSet, opened);
    const name = selection.name.value;
    if (opened.has(name)) return [];
    opened.add(name);
    const found = document.definitions.find((one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name);
    return found?.kind === Kind.FRAGMENT_DEFINITION ? commandsOf(document, found.selectionSet, opened) : [];
  });
}

const response = (status: number | undefined, singleResult: FormattedExecutionResult): GraphQLResponse => ({
  http: { ...(status === undefined ? {} : { status }), headers: new HeaderMap() },
  body: { kind: 'single', singleResult },
});

/** The body of an answer: errors, data, extensions, as Apollo orders them. */
function bodyOf(answer: Answer): Buffer[] {
  const errors = answer.errors.map(withCode);
  const redactions = answer.redactions.map(({ path, class: data }) => ({ path: path.join('.'), class: data }));
  const head = errors.length === 0 ? '{"data":' : `{"errors":${JSON.stringify(errors)},"data":`;
  const tail = redactions.length === 0 ? '}' : `,"extensions":${JSON.stringify({ redactions })}}`;
  return [Buffer.from(head), ...answer.data, Buffer.from(tail)];
}

/** A field's error as Apollo would format it. */
function withCode(error: GraphQLError): GraphQLFormattedError {
  const plain = error.toJSON();
  return { ...plain, extensions: { code: 'INTERNAL_SERVER_ERROR', ...plain.extensions } };
}

/** The whole request is refused: our own errors speak, all others are said in general words. */
function refused(error: unknown, onFault: (error: unknown) => void): GraphQLResponse {
  if (error instanceof GraphQLError) {
    const { http, ...extensions } = error.extensions as { http?: { status: number } };
    return response(http?.status ?? 400, { errors: [{ ...error.toJSON(), extensions }] });
  }
  onFault(error);
  const waiting = error instanceof DatabaseError && (error.retryable || error.sqlstate === '57014');
  return waiting
    ? response(503, plainError('UNAVAILABLE', 'The database did not answer in time. Try again, or ask for less.'))
    : response(500, plainError('INTERNAL_SERVER_ERROR', 'The hub could not answer this query.'));
}

const plainError = (code: string, message: string): FormattedExecutionResult => ({
  errors: [{ message, extensions: { code } }],
});

/** The text of what the ordinary way answered; a finished answer is sent as its bytes, so that nobody needs a text of it. */
const stringifyResult = (value: FormattedExecutionResult): string =>
  value.data === FINISHED_DATA ? '' : JSON.stringify(value);

/**
 * Sends finished answers as they are: `send` of express would decode, hash and encode them again. The pieces travel together
 * without being joined: buffers of 65 kB for every page made garbage collection half of the process's work.
 */
export function sendFinished(_request: Request, outgoing: Response, next: NextFunction): void {
  const send = outgoing.send.bind(outgoing);
  outgoing.send = (body?: unknown): Response => {
    const finished = (outgoing.locals['context'] as GraphqlContext | undefined)?.told.finished;
    if (finished === undefined || body !== '') return send(body);
    outgoing.setHeader(
      'content-length',
      finished.reduce((sum, piece) => sum + piece.length, 0),
    );
    outgoing.cork();
    for (const piece of finished) outgoing.write(piece);
    outgoing.end();
    return outgoing;
  };
  next();
}
