/**
 * Attacks on the separation of tenants through the read API: every root field and every edge, by id, filter and cursor of
 * other tenants whose rows look alike. An answer that differs from what the reference executor makes of the tenant's own
 * rows is a leak. Shared by the runs with and without each of the two protections.
 */
import { getNamedType, GraphQLError, isObjectType, parse, type GraphQLObjectType } from 'graphql';
import { buildReadModel } from '../../schema/index.ts';
import { makeScope, type Scope } from '../../src/access/scope.ts';
import { ReadCompiler } from '../../src/read/answer.ts';
import { cursorKey, makeCursor } from '../../src/read/cursor.ts';
import { requestOf } from '../../src/read/request.ts';
import { REGISTRY } from '../../drizzle/registry.ts';
import { insertReference, insertTenant, type WorldTenant } from '../support/chain-world.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { loadWorld, ReferenceExecutor } from '../support/reference-executor.ts';

const NOW = new Date('2026-03-03T20:00:00Z');
const KEY = cursorKey(Buffer.from('isolation'));

/** Three tenants, one of which attacks. */
export interface Siege {
  database: TestDatabase;
  /** Switches row-level security off on every tenant table. */
  dropRowSecurity(): Promise<void>;
  /** Runs all probes; answers how many were made and those that leaked. */
  run(): Promise<{ probes: number; leaks: string[] }>;
}

const model = buildReadModel();
const query = model.schema.getQueryType() as GraphQLObjectType;

/** Sets up the world. */
export async function layOut(): Promise<Siege> {
  const database = await testDatabase();
  await insertReference(database.owner);
  const mine = await insertTenant(database.owner, 11);
  const others = [await insertTenant(database.owner, 12), await insertTenant(database.owner, 13)];
  const scope = makeScope(mine.id, 'attacker', 'operator');
  const compiler = new ReadCompiler({ model, db: database.read, cursorKey: KEY, clock: () => NOW });
  return {
    database,
    dropRowSecurity: async () => {
      for (const [table, rule] of Object.entries(REGISTRY)) {
        if (rule.kind === 'tenant') await database.owner.query(`alter table ${table} disable row level security`);
      }
    },
    run: async () => {
      const world = await loadWorld(database.owner, mine.id);
      const executor = new ReferenceExecutor(world, { ...scope, cursorKey: KEY, now: NOW });
      const probes = [...edgeProbes(), ...idProbes(others), ...filterProbes(others), ...cursorProbes(mine, others)];
      const leaks: string[] = [];
      for (const source of probes) if (await leaked(compiler, executor, scope, source)) leaks.push(source);
      return { probes: probes.length, leaks };
    },
  };
}

async function leaked(
  compiler: ReadCompiler,
  executor: ReferenceExecutor,
  scope: Scope,
  source: string,
): Promise<boolean> {
  const document = parse(source);
  const refused = source.includes('"foreign"');
  try {
    const answer = await compiler.answer(requestOf(model, document, null, {}), scope);
    if (refused) return true;
    return (
      JSON.stringify(JSON.parse(Buffer.concat(answer.data).toString())) !==
      JSON.stringify(executor.run(document, {}).data)
    );
  } catch (error) {
    // A cursor of somebody else must be refused as such; nothing else may be.
    return !(refused && error instanceof GraphQLError && error.extensions['code'] === 'BAD_CURSOR');
  }
}

/** All values of a type that need no arguments and no further selection. */
const leaves = (type: GraphQLObjectType): string =>
  Object.values(type.getFields())
    .filter((field) => !isObjectType(getNamedType(field.type)))
    .map((field) => field.name)
    .join(' ');

function rowsOf(type: GraphQLObjectType, inner: (row: GraphQLObjectType) => string): string {
  const node = model.schema.getType(model.connections.get(type.name) ?? type.name);
  if (!isObjectType(node)) throw new Error(`${type.name} has no rows`);
  return model.connections.has(type.name) ? `{ totalCount edges { node { ${inner(node)} } } }` : `{ ${inner(node)} }`;
}

/** From every type the query can reach, by the shortest way, one probe for each of its edges. */
function edgeProbes(): string[] {
  const ways = new Map<string, (inner: string) => string>();
  const queue: GraphQLObjectType[] = [];
  const visit = (type: GraphQLObjectType, way: (inner: string) => string): void => {
    const node = model.schema.getType(model.connections.get(type.name) ?? type.name);
    if (!isObjectType(node) || ways.has(node.name)) return;
    ways.set(node.name, (inner) => way(rowsOf(type, () => inner)));
    queue.push(node);
  };
  const lists = Object.values(query.getFields()).filter((field) =>
    model.connections.has(getNamedType(field.type).name),
  );
  for (const field of lists)
    visit(getNamedType(field.type) as GraphQLObjectType, (rows) => `{ ${field.name}(first: 50) ${rows} }`);
  const probes: string[] = [];
  for (let type = queue.shift(); type !== undefined; type = queue.shift()) {
    const way = ways.get(type.name) as (inner: string) => string;
    probes.push(way(leaves(type)));
    for (const field of Object.values(type.getFields())) {
      const target = getNamedType(field.type);
      if (!isObjectType(target)) continue;
      probes.push(way(`${field.name} ${rowsOf(target, leaves)}`));
      visit(target, (rows) => way(`${field.name} ${rows}`));
    }
  }
  return probes;
}

const ID_ROOTS: Record<string, string> = {
  dispense: 'dispense',
  encounter: 'encounter',
  prescription: 'prescription',
  determination: 'determination',
  claimTransaction: 'claim_transaction',
  invoice: 'invoice',
};

const idProbes = (others: readonly WorldTenant[]): string[] =>
  others.flatMap((other) =>
    Object.entries(ID_ROOTS).flatMap(([root, table]) =>
      (other.ids[table] ?? []).slice(0, 3).map((id) => `{ ${root}(id: "${id}") { id } }`),
    ),
  );

const filterProbes = (others: readonly WorldTenant[]): string[] =>
  others.flatMap((other) =>
    (other.ids['patient'] ?? []).flatMap((patient) =>
      ['dispenses', 'encounters'].map(
        (root) => `{ ${root}(filter: { patient: { eq: "${patient}" } }) { totalCount nodes { id } } }`,
      ),
    ),
  );

/** Cursors that other tenants were given, and a cursor of our own list that names their row. */
function cursorProbes(mine: WorldTenant, others: readonly WorldTenant[]): string[] {
  return others.flatMap((other) => {
    const key = other.ids['invoice_line']?.[0] ?? '';
    const cursor = (tenant: string): string => makeCursor(KEY, `${tenant}|Query.invoiceLines|ID|`, { value: key, key });
    return [
      `{ foreign: invoiceLines(after: "${cursor(other.id)}") { totalCount nodes { id lineNumber } } # "foreign"\n }`,
      `{ invoiceLines(after: "${cursor(mine.id)}") { totalCount nodes { id lineNumber } } }`,
    ];
  });
}
