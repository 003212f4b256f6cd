/** The GraphQL schema, and the read model that belongs to it. */
import 'reflect-metadata';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { CATALOG } from '../src/read/catalog.ts';
import { buildModel, type ReadModel } from '../src/read/model.ts';
import { Mutations } from './mutations.ts';
import { Queries } from './queries.ts';

/**
 * Builds the schema and checks every declaration against the tables. Throws one error that lists what does not fit. Root
 * fields cannot be run by graphql-js: the read compiler answers them.
 */
export function buildReadModel(): ReadModel {
  const schema: GraphQLSchema = buildSchemaSync({ resolvers: [Queries, Mutations], validate: false });
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    field.resolve = () => {
      throw new GraphQLError('This field is answered by the read compiler.');
    };
  }
  return buildModel(schema, CATALOG);
}
