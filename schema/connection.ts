/** Connections: pages of a list that can grow (nodes, edges with cursors, page info, total count). */
import 'reflect-metadata';
import { Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { CATALOG } from '../src/read/catalog.ts';

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'There are rows after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'The page continues after a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row of the page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row: give it as `after` for the next page.' })
  endCursor!: string | null;
}

/** Makes `<name>Connection` and `<name>Edge` of a node type. */
export function connection(name: string, node: () => Function): ClassType {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a page.` })
  class Edge {
    @Field(() => String, { description: 'Where this row stands; opaque.' })
    cursor!: string;

    @Field(() => node() as ClassType)
    node!: object;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} rows.` })
  class Connection {
    @Field(() => [node() as ClassType], { description: 'The rows.' })
    nodes!: object[];

    @Field(() => [Edge], { description: 'The rows with their cursors.' })
    edges!: object[];

    @Field(() => PageInfo)
    pageInfo!: object;

    @Field(() => Int, { description: 'Rows of the whole list, not of the page.' })
    totalCount!: number;
  }
  Object.defineProperty(Connection, 'name', { value: `${name}Connection` });
  CATALOG.connections.set(Connection, node);
  return Connection;
}
