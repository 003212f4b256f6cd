/**
 * Apollo Server around the read compiler: it parses and validates; the compiler answers with finished JSON text, which is
 * handed through (`responseForOperation`) and joined, not serialized again (`stringifyResult`). Introspection alone goes the
 * ordinary way.
 */
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from 'graphql';
import type { Scope } from '../access/scope.ts';
import { DatabaseError } from '../db/client.ts';
import { ReadCompiler, readsData, type Answer, type ReadEngine } from '../read/answer.ts';
import { MAX_TOKENS } from '../read/limits.ts';
import { requestOf } from '../read/request.ts';

/** What a request carries. */
export interface GraphqlContext {
  /** Who asks. */
  scope: Scope;
  /** Filled while answering (Apollo copies the context, not what it holds). */
  told: {
    /** First root field of the operation, for metrics: a name of the schema, never one of the caller's. */
    operation?: string;
  };
}

/** `data` that is JSON text already. */
class FinishedData {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

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
        if (operation.operation !== 'query') return null;
        try {
          const compiled = requestOf(engine.model, document, request.operationName ?? null, request.variables ?? {});
          const opened = compiler.open(compiled);
          contextValue.told.operation = opened.selection.roots[0]?.name ?? 'none';
          if (!readsData(opened.selection)) return null;
          return finished(await compiler.answer(compiled, contextValue.scope, opened));
        } catch (error) {
          // Variables that cannot be coerced: graphql-js says so itself before it resolves anything.
          if (error instanceof GraphQLError && error.extensions['code'] === undefined) return null;
          return refused(error, onFault);
        }
      },
    }),
  };
}

const response = (status: number | undefined, singleResult: FormattedExecutionResult): GraphQLResponse => ({
  http: { ...(status === undefined ? {} : { status }), headers: new HeaderMap() },
  body: { kind: 'single', singleResult },
});

function finished(answer: Answer): GraphQLResponse {
  const errors = answer.errors.map(withCode);
  const redactions = answer.redactions.map(({ path, class: data }) => ({ path: path.join('.'), class: data }));
  return response(undefined, {
    ...(errors.length > 0 ? { errors } : {}),
    data: new FinishedData(answer.data) as unknown as Record<string, unknown>,
    ...(redactions.length > 0 ? { extensions: { redactions } } : {}),
  });
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

/** Joins the parts of an answer whose data is finished text; other answers are serialized as usual. */
export function stringifyResult(value: FormattedExecutionResult): string {
  const data: unknown = value.data;
  if (!(data instanceof FinishedData)) return JSON.stringify(value);
  const errors = value.errors === undefined ? '' : `"errors":${JSON.stringify(value.errors)},`;
  const extensions = value.extensions === undefined ? '' : `,"extensions":${JSON.stringify(value.extensions)}`;
  return `{${errors}"data":${data.json}${extensions}}`;
}
