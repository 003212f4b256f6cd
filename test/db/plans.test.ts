/** Every registered statement against its promise: the indexes of its "Served by" line exist and are all that it needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REGISTRY } from '../../drizzle/registry.ts';
import { type Statement, statements } from '../../src/db/statement.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { broken, Catalog, fill, planUse, promises, servedBy } from '../support/plans.ts';

const SOURCES = join(import.meta.dirname, '../../src');

/** Run for every batch: must reach its rows by their keys. The rest is read by people, or once per audit. */
const HOT = /\/(take|facts|mark|diff|load|find|lock|read|set|move|merge|update|finish|count|replace|store|resolve)-/;
const NOT_HOT = /^(cli|digest|laws|config|access)\//;

const QUEUE = 'a queue: its oldest rows up to the batch, or all that was marked';
const FEW = 'a handful of rows in each tenant';
const ALL = 'everything is asked for';
const PART = 'a partial index: only the rows in question are in it';
const EMPTY = 'partitions without rows look the same either way';
/** Hot statements that ask an index for a whole tenant, and why that is right (or what is still to be mended). */
const WHOLE: Record<string, string> = {
  'accumulate/diff-accruals': 'the differences are few, but the planner cannot know',
  'accumulate/take-keys': QUEUE,
  'claims/merge-claims': 'claims by NPI: the planner cannot know how few pharmacies move',
  'decide/count-waiting-dispenses': 'everything that waits is counted, once a file of master data',
  'decide/facts-entities': FEW,
  'decide/facts-feeds': FEW,
  'decide/facts-medicaid-policies': FEW,
  'decide/lock-marking': FEW,
  'decide/mark-all': ALL,
  'decide/mark-all-invoices': ALL,
  'decide/mark-drugs': PART,
  'decide/mark-entities':
    'pharmacies of the tenant, and the distinct pharmacies of its dispenses: master data changes rarely',
  'decide/mark-invoices-of-drugs': PART,
  'decide/mark-medicaid-policies': PART,
  'decide/mark-order-numbers': PART,
  'decide/mark-plans':
    'claims of the tenant: plans change rarely, an index of BINs would cost every line of every file',
  'decide/mark-provisional': PART,
  'decide/read-drug-patients': PART,
  'decide/read-roster-overlaps': 'of the given prescribers, or of all',
  'decide/read-unmapped-pharmacies': ALL,
  'decide/read-unmapped-visits': PART,
  'decide/read-visits-at': 'visits without a facility have nothing to be asked for',
  'decide/store-rule-results': 'the last number: one row from the end of the index',
  'decide/take-changes': QUEUE,
  'decide/take-prescriptions': QUEUE,
  'ehr/resolve-sites': FEW,
  'ehr/update-encounters': FEW,
  'messages/take-replay': `${QUEUE}; counts up to a bound`,
  'monitor/take-subjects': QUEUE,
  'normalize/count-attempts': 'payloads that wait: the planner takes them for few',
  'normalize/find-files': `${QUEUE}; ${EMPTY}`,
  'normalize/read-feeds': FEW,
  'normalize/read-payloads': EMPTY,
  'normalize/take-again': EMPTY,
  'normalize/take-pending': `${QUEUE}; ${EMPTY}`,
  'order/take-groups': QUEUE,
  'order/take-unanswered': PART,
  'reconcile/take-invoices': QUEUE,
  'reconcile/take-keys': QUEUE,
  'versions/take-imports': QUEUE,
};
/** "The given ones, or all": which index serves is decided when the parameter is known, so a generic plan shows one of two. */
const EITHER = ['claims/merge-claims', 'decide/read-unmapped-visits'];

let database: TestDatabase;
let catalog: Catalog;
let all: Statement[] = [];
beforeAll(async () => {
  database = await testDatabase();
  const modules = readdirSync(SOURCES, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').includes('statement(import.meta.url'));
  for (const path of modules) await import(path);
  all = statements();
  catalog = await Catalog.read(database.owner);
  await fill(database.owner);
});
afterAll(() => database.close());

const isTenant = (table: string): boolean => REGISTRY[table]?.kind === 'tenant';

/** What is wrong with a statement; empty = it keeps its promise. */
async function faults(one: Pick<Statement, 'name' | 'source' | 'text'>): Promise<string[]> {
  // A stage is made, not asked for anything.
  if (one.text.startsWith('create temporary table')) return [];
  const text = servedBy(one);
  if (text === undefined) return ['has no "Served by" line'];
  const promised = promises(text, catalog);
  const use = await planUse(database.owner, one.text, promised, catalog);
  const found = EITHER.includes(one.name)
    ? []
    : broken(promised, use, catalog).map((phrase) => `does not use ${phrase}`);
  if (!HOT.test(one.name) || NOT_HOT.test(one.name)) return found;
  found.push(...[...use.scanned].filter(isTenant).map((table) => `reads all of ${table}`));
  if (!(one.name in WHOLE)) found.push(...[...use.walked].map((index) => `asks ${index} for a whole tenant`));
  return found;
}

test('every statement is served by the indexes that its comment names', async () => {
  const wrong: Record<string, string[]> = {};
  for (const one of all) {
    const found = await faults(one).catch((error: Error) => [error.message]);
    if (found.length > 0) wrong[one.name] = found;
  }
  expect(wrong).toEqual({});
  expect(all.length).toBeGreaterThan(150);
}, 120_000);

test('the lists of exceptions hold nothing that is over', () => {
  const names = new Set(all.map(({ name }) => name));
  expect([...Object.keys(WHOLE), ...EITHER].filter((name) => !names.has(name))).toEqual([]);
});

test('a dropped index, a wrong name and a useless index are noticed', async () => {
  const claims = all.find(({ name }) => name === 'decide/facts-claims');
  if (claims === undefined) throw new Error('decide/facts-claims is gone');
  expect(await faults(claims)).toEqual([]);
  const promising = (index: string): Statement => ({
    ...claims,
    source: claims.source.replace('claim_transaction_rx', index),
  });
  await expect(faults(promising('claim_transaction_rxx'))).rejects.toThrow('names no index');
  expect(await faults(promising('claim_transaction_tenant_id_id_pk'))).toEqual([
    'asks claim_transaction_tenant_id_id_pk for a whole tenant',
  ]);
  expect(await faults(promising('dispense_identity'))).toEqual([
    'does not use dispense_identity',
    'reads all of claim_transaction',
  ]);
  await database.owner.query('alter table claim_transaction drop constraint claim_transaction_rx');
  catalog = await Catalog.read(database.owner);
  await expect(faults(claims)).rejects.toThrow('"claim_transaction_rx" names no index of the schema');
});
