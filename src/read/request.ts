/** Makes a request of a parsed document: finds the operation and coerces the variables by the specification's rules. */
import { getOperationAST, getVariableValues, type DocumentNode } from 'graphql';
import type { Request } from './answer.ts';
import type { ReadModel } from './model.ts';

/** Throws the first coercion error, as graphql-js words it. */
export function requestOf(
  model: ReadModel,
  document: DocumentNode,
  operationName: string | null,
  sent: Readonly<Record<string, unknown>>,
): Request {
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('the document has no such operation');
  const { coerced, errors } = getVariableValues(model.schema, operation.variableDefinitions ?? [], sent);
  if (errors) throw errors[0] as Error;
  return { document, operation, variables: coerced, sent };
}
