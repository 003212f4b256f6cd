/**
 * A database link that swallows every byte while many statements, transactions and batches are under way (RELIABILITY R6):
 * each of them settles within ten seconds, and so much after the link heals the pool works again, with all its places.
 *
 * In production a statement may run 120 s (ingest), 30 s (read) or 5 s (monitor), plus 3 s of grace; a caller waits 10 s for
 * a connection, 5 s for a new one to open. Links that are silent for 2.5 s are doubted, and thrown away when a second
 * connection does not come about within 2.5 s either: so the bound holds for long statements too (last test).
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Database, DatabaseError } from '../../src/db/client.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { openProxy, type Proxy } from '../support/proxy.ts';

const MOST = 4;
const STATEMENT_MS = 1_000;
const ACQUIRE_MS = 4_000;
const BOUND_MS = 10_000;

let database: TestDatabase;
let proxy: Proxy;
let pool: Database;
beforeAll(async () => {
  database = await testDatabase();
  proxy = await openProxy(database.readUrl);
  pool = connect(proxy.url, { role: 'read', max: MOST, statementMs: STATEMENT_MS, acquireMs: ACQUIRE_MS });
});
afterAll(async () => {
  await pool.end();
  await proxy.close();
  await database.close();
});

/** One piece of work of each kind that the hub does. */
const KINDS: ((on: Database) => Promise<unknown>)[] = [
  (on) => on.query('select $1::int as one', [1]),
  (on) => on.batch([{ text: 'select 1' }, { text: 'select $1::text', params: ['x'.repeat(5_000)] }]),
  (on) =>
    on.transaction(async (tx) => {
      await tx.query('select pg_sleep(0.01)');
      await tx.query('select 2');
    }),
];

interface Outcome {
  ms: number;
  error: unknown;
}

async function timed(work: Promise<unknown>): Promise<Outcome> {
  const started = performance.now();
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { ms: performance.now() - started, error };
}

/** Starts work of all kinds on all places, again and again, until told to stop; answers every outcome. */
function keepBusy(workers: number): { stop: () => Promise<Outcome[]> } {
  const outcomes: Outcome[] = [];
  let on = true;
  const running = Array.from({ length: workers }, async (_, worker) => {
    for (let turn = worker; on; turn += 1) {
      outcomes.push(await timed(KINDS[turn % KINDS.length]!(pool)));
      await sleep(2);
    }
  });
  return {
    stop: async () => {
      on = false;
      await Promise.all(running);
      return outcomes;
    },
  };
}

test('everything under way settles within ten seconds, and the pool works again within ten after', async () => {
  const busy = keepBusy(MOST * 3);
  await sleep(300);
  proxy.swallow(true);
  await sleep(6_000);
  proxy.swallow(false);
  const healed = performance.now();
  // Every place of the pool must be usable at once, not one that was lucky.
  for (;;) {
    const places = await Promise.all(Array.from({ length: MOST }, () => timed(pool.query('select pg_sleep(0.05)'))));
    if (places.every(({ error }) => error === undefined)) break;
    expect(performance.now() - healed).toBeLessThan(BOUND_MS);
  }
  expect(performance.now() - healed).toBeLessThan(BOUND_MS);
  const outcomes = await busy.stop();
  const failed = outcomes.filter(({ error }) => error !== undefined);
  expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
  expect(failed.length).toBeGreaterThanOrEqual(MOST);
  expect(failed.filter(({ error }) => !(error instanceof DatabaseError && error.retryable))).toEqual([]);
  expect(outcomes.length - failed.length).toBeGreaterThan(MOST);
  // Nothing is left behind: idle again, the pool holds no more sessions than it may.
  const [row] = await database.owner.query<{ sessions: number }>(
    `select count(*)::int as sessions from pg_stat_activity where datname = current_database() and application_name = 'hub read' and state = 'idle'`,
  );
  expect(row?.sessions).toBeLessThanOrEqual(MOST * 3);
}, 40_000);

test('while the link is dead a new caller is refused within the bound, one after the other', async () => {
  proxy.swallow(true);
  try {
    for (let caller = 0; caller < 2; caller += 1) {
      const { ms, error } = await timed(pool.query('select 1'));
      expect(error).toBeInstanceOf(DatabaseError);
      expect(ms).toBeLessThan(BOUND_MS);
    }
  } finally {
    proxy.swallow(false);
  }
  const { ms, error } = await timed(pool.query('select 1'));
  expect(error).toBeUndefined();
  expect(ms).toBeLessThan(BOUND_MS);
}, 40_000);

test('with the time-outs of production a statement, a transaction and a batch settle within ten seconds', async () => {
  const ingest = connect(proxy.url, { role: 'ingest', max: 3 });
  try {
    await Promise.all(KINDS.map((kind) => kind(ingest)));
    proxy.swallow(true);
    const outcomes = await Promise.all(KINDS.map((kind) => timed(kind(ingest))));
    expect(outcomes.filter(({ error }) => !(error instanceof DatabaseError && error.connectionLost))).toEqual([]);
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
    proxy.swallow(false);
    const { ms, error } = await timed(ingest.query('select 1'));
    expect([error, ms < BOUND_MS]).toEqual([undefined, true]);
  } finally {
    proxy.swallow(false);
    await ingest.end();
  }
}, 60_000);

test('a statement that runs long behind a link that works is left alone', async () => {
  const ingest = connect(proxy.url, { role: 'ingest', max: 1 });
  expect(await ingest.query('select pg_sleep(6), 1 as one')).toMatchObject([{ one: 1 }]);
  await ingest.end();
}, 30_000);
