/** Errors that a reader of the API sees. A message names fields and limits, never a value from the database or the request. */
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';

/** code -> HTTP status when the whole request is refused. */
const STATUS = {
  BAD_USER_INPUT: 400,
  BAD_CURSOR: 400,
  FORBIDDEN: 403,
  TOO_DEEP: 400,
  TOO_COSTLY: 400,
  UNAUTHENTICATED: 401,
  INTERNAL_SERVER_ERROR: 500,
  UNAVAILABLE: 503,
} as const;
export type ReadErrorCode = keyof typeof STATUS;

/** Makes an error with `extensions.code` and the HTTP status that belongs to it. */
export function readError(code: ReadErrorCode, message: string, options: GraphQLErrorOptions = {}): GraphQLError {
  return new GraphQLError(message, { ...options, extensions: { code, http: { status: STATUS[code] } } });
}
