/** The compiler answers as graphql-js would: generated queries, several roles, one statement per root field. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, validate } from 'graphql';
import { buildReadModel } from '../../schema/index.ts';
import type { Role } from '../../src/access/classes.ts';
import { makeScope, type Scope } from '../../src/access/scope.ts';
import { ReadCompiler, type Answer } from '../../src/read/answer.ts';
import { cursorKey } from '../../src/read/cursor.ts';
import { MAX_DEPTH, MAX_OBJECTS, measure } from '../../src/read/limits.ts';
import { requestOf } from '../../src/read/request.ts';
import { insertReference, insertTenant, type WorldTenant } from '../support/chain-world.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { REGISTRY } from '../../drizzle/registry.ts';
import { tableReferences } from '../support/sql-references.ts';
import { generateQuery } from '../support/query-generator.ts';
import { loadWorld, ReferenceExecutor } from '../support/reference-executor.ts';

const QUERIES = 640;
const NOW = new Date('2026-03-03T20:00:00Z');
const KEY = cursorKey(Buffer.from('a secret of the test'));
const TENANT_TABLES = new Set(Object.keys(REGISTRY).filter((name) => REGISTRY[name]?.kind === 'tenant'));
const model = buildReadModel();

let database: TestDatabase;
let tenant: WorldTenant;
let compiler: ReadCompiler;
let statements: string[] = [];

beforeAll(async () => {
  database = await testDatabase();
  await insertReference(database.owner);
  tenant = await insertTenant(database.owner, 7);
  await insertTenant(database.owner, 7);
  compiler = new ReadCompiler({
    model,
    db: database.read,
    cursorKey: KEY,
    clock: () => NOW,
    onStatement: (text) => statements.push(text),
  });
});
afterAll(() => database.close());

const plainErrors = (errors: Answer['errors'] | undefined): unknown =>
  (errors ?? []).map((error) => JSON.parse(JSON.stringify({ ...error.toJSON(), extensions: undefined })) as unknown);

async function compare(
  executor: ReferenceExecutor,
  scope: Scope,
  seed: number | string,
): Promise<{ errors: number; rows: number } | undefined> {
  const query =
    typeof seed === 'string'
      ? { source: seed, variables: {} }
      : generateQuery(model, { tenantId: tenant.id, cursorKey: KEY, ids: tenant.ids }, seed);
  const document = parse(query.source);
  const invalid = validate(model.schema, document);
  if (invalid.length > 0)
    throw new Error(`seed ${seed} made an invalid query: ${invalid[0]?.message}\n${query.source}`);
  const request = requestOf(model, document, null, query.variables);
  const cost = measure(model, document, request.operation, query.variables);
  if (cost.depth > MAX_DEPTH || cost.objects > MAX_OBJECTS) return undefined;
  const expected = executor.run(document, query.variables);
  statements = [];
  const answer = await compiler.answer(request, scope);
  const json = Buffer.concat(answer.data).toString();
  const said = { seed, source: query.source, variables: query.variables };
  // As text: the order of the keys is part of the answer.
  const got = JSON.stringify(JSON.parse(json));
  if (got !== JSON.stringify(expected.data)) {
    expect({ ...said, data: JSON.parse(json) }).toEqual({ ...said, data: expected.data });
    throw new Error(`seed ${seed}: the keys are in another order`);
  }
  expect({ ...said, errors: plainErrors(answer.errors) }).toEqual({ ...said, errors: plainErrors(expected.errors) });
  const roots = compiler.open(request).selection.roots.filter((root) => !root.name.startsWith('__'));
  expect({ ...said, statements: statements.length }).toEqual({ ...said, statements: roots.length });
  // SCALE-OUT 6: every reference to a tenant table carries its own predicate.
  const open = statements.flatMap((text) => tableReferences(text, TENANT_TABLES).filter((one) => !one.carriesTenant));
  expect({ ...said, open }).toEqual({ ...said, open: [] });
  return { errors: answer.errors.length, rows: json.length };
}

describe('generated selections', () => {
  test.each<[Role, number]>([
    ['operator', 0],
    ['analyst', 10_000],
  ])('%s: the compiled answer is that of the reference executor', async (role, offset) => {
    const scope = makeScope(tenant.id, 'test', role);
    const world = await loadWorld(database.owner, tenant.id);
    const executor = new ReferenceExecutor(world, {
      classes: scope.classes,
      tenantId: tenant.id,
      cursorKey: KEY,
      now: NOW,
    });
    let [errors, size, answered] = [0, 0, 0];
    for (let seed = offset; answered < QUERIES / 2; seed += 1) {
      const result = await compare(executor, scope, seed);
      if (result === undefined) continue;
      answered += 1;
      errors += result.errors > 0 ? 1 : 0;
      size += result.rows;
    }
    // The corpus must reach what it is for: answers with rows, and null propagation.
    expect(errors).toBeGreaterThan(3);
    expect(size / QUERIES).toBeGreaterThan(200);
  });

  test.each([
    '{ dispenses { nodes { id allocations { nodes { id dispense { id } invoiceLine { id } } } } } }',
    '{ dispenses { nodes { allocations { nodes { invoiceLine { id } quantity dispense { id } } totalCount } } } }',
    '{ invoiceLines { edges { node { a: allocations { edges { node { d: dispense { x: id } } } } } } } }',
    '{ invoiceLines { nodes { allocations { nodes { i: invoiceLine { allocations { nodes { dispense { id } } } } } } } } }',
    '{ a: dispenses(first: 1) { nodes { determinations { nodes { status } } } } b: dispenses { nodes { determinations { nodes { status rules { answer } } } } } }',
    '{ dispenses { nodes { ...D } } } fragment D on Dispense { determination { status dispense { id allocations { nodes { dispense { id } } } } } }',
  ])('a non-null place without a value: %s', async (source) => {
    const scope = makeScope(tenant.id, 'test', 'operator');
    const world = await loadWorld(database.owner, tenant.id);
    const executor = new ReferenceExecutor(world, {
      classes: scope.classes,
      tenantId: tenant.id,
      cursorKey: KEY,
      now: NOW,
    });
    expect((await compare(executor, scope, source))?.errors).toBeGreaterThan(0);
  });
});
