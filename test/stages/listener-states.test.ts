/** What hubs know of their senders, in tables: who is connected to which hub, read through the API and on the command line. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { buildReadModel } from '../../schema/index.ts';
import { makeScope } from '../../src/access/scope.ts';
import { checkListeners } from '../../src/cli/doctor/listeners.ts';
import { newId } from '../../src/db/ids.ts';
import type { Tenant } from '../../src/db/stage.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { feedHealth } from '../../src/monitor/feed-health.ts';
import { listenersOf } from '../../src/monitor/listeners.ts';
import { ReadCompiler } from '../../src/read/answer.ts';
import { cursorKey } from '../../src/read/cursor.ts';
import { requestOf } from '../../src/read/request.ts';
import { keepListenerStates, type ListenerState, type ListenerStates } from '../../src/receive/listener-states.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

const model = buildReadModel();
const tenants: Tenant[] = ['north', 'south'].map((name) => ({ id: tenantId(newId()), name, zone: 'UTC' }));
const [north, south] = tenants as [Tenant, Tenant];
let database: TestDatabase;
let now: Date;
const open: ListenerStates[] = [];

beforeAll(async () => {
  database = await testDatabase();
  for (const { id, name } of tenants) {
    await database.owner.query('insert into tenant (id, name, title, zone) values ($1::uuid, $2, $2, $3)', [
      id,
      name,
      'UTC',
    ]);
    await withTenant(database.ingest, id, (tx) =>
      tx.query(
        `insert into feed (tenant_id, name, kind, format, transport, source_system, serves, zone, options)
         values ($1::uuid, $2, 'ehr', 'hl7v2', 'mllp', 'adt', '{}', 'UTC', '{}')`,
        [id, `${name}-adt`],
      ),
    );
  }
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.stop()));
  await database.close();
});
beforeEach(async () => {
  now = new Date('2026-03-03T20:00:00Z');
  await database.owner.query('truncate feed_listener, feed_sender');
});

const later = (seconds: number): void => {
  now = new Date(now.getTime() + seconds * 1000);
};
const ehr1 = { sender: 'cn=ehr-1', connections: 1, since: new Date('2026-03-03T19:00:00Z') };
const counted = { lastFrameAt: new Date('2026-03-03T19:59:00Z'), frames: 3, bytes: 900, naks: 1 };
const state = (feed: string, more: Partial<ListenerState> = {}): ListenerState => ({
  feed,
  port: 2575,
  connections: 1,
  frames: 3,
  bytes: 5_000_000_000,
  frameErrors: 2,
  naks: new Map([['version', 1]]),
  turnedAway: new Map([['tls', 4]]),
  senders: [{ ...ehr1, ...counted }],
  certificate: { endsAt: new Date('2026-04-03T00:00:00Z'), problem: '' },
  ...more,
});

/** A hub with these listeners. */
function hub(name: string, states: () => ListenerState[]): ListenerStates {
  const kept = keepListenerStates({
    db: database.ingest,
    tenantOf: (feed) => tenants.find((one) => feed.startsWith(one.name))?.id,
    states,
    clock: () => now,
    onFault: (detail) => {
      throw new Error(detail);
    },
    hub: name,
    everyMs: 3_600_000,
  });
  open.push(kept);
  return kept;
}

async function asked(tenant: Tenant): Promise<unknown> {
  const source = `{ feeds { nodes { name listeners { hub port live connections messages bytes brokenFrames certificateEndsAt
    certificateProblem refusals { kind reason count }
    senders { sender connected connectedSince lastMessageAt messages bytes refused } } } } }`;
  const compiler = new ReadCompiler({ model, db: database.read, cursorKey: cursorKey(), clock: () => now });
  const scope = makeScope(tenant.id, 'test', 'monitor');
  const { data, errors } = await compiler.answer(requestOf(model, parse(source), null, {}), scope);
  expect(errors ?? []).toEqual([]);
  return JSON.parse(Buffer.concat(data).toString()).feeds.nodes;
}

test('interface monitors see who is connected, since when, what came and what was refused', async () => {
  await hub('a', () => [state('north-adt'), state('south-adt', { senders: [], connections: 0 })]).write();
  expect(await asked(north)).toEqual([
    {
      name: 'north-adt',
      listeners: [
        {
          hub: 'a',
          port: 2575,
          live: true,
          connections: 1,
          messages: 3,
          bytes: 5_000_000_000,
          brokenFrames: 2,
          certificateEndsAt: '2026-04-03T00:00:00.000Z',
          certificateProblem: '',
          refusals: [
            { kind: 'MESSAGE', reason: 'version', count: 1 },
            { kind: 'CALLER', reason: 'tls', count: 4 },
          ],
          senders: [
            {
              sender: 'cn=ehr-1',
              connected: true,
              connectedSince: '2026-03-03T19:00:00.000Z',
              lastMessageAt: '2026-03-03T19:59:00.000Z',
              messages: 3,
              bytes: 900,
              refused: 1,
            },
          ],
        },
      ],
    },
  ]);
  expect(await asked(south)).toMatchObject([{ name: 'south-adt', listeners: [{ hub: 'a', senders: [] }] }]);
});

test('several hubs are told apart; one that falls silent is gone after half a minute and forgotten after a day', async () => {
  const one = hub('a', () => [state('north-adt')]);
  const other = hub('b', () => [state('north-adt', { connections: 2, senders: [{ ...ehr1, ...counted, frames: 9 }] })]);
  await one.write();
  later(10);
  await other.write();
  const health = async (): Promise<number | null | undefined> =>
    (await feedHealth(database.monitor, north, now)).find(({ name }) => name === 'north-adt')?.connections;
  expect(await health()).toBe(3);

  later(25);
  const listeners = await listenersOf(database.ingest, north, now);
  expect(listeners.map((each) => [each.hub, each.live, each.senders[0]?.messages])).toEqual([
    ['a', false, 3],
    ['b', true, 9],
  ]);
  expect(await asked(north)).toMatchObject([
    {
      listeners: [
        { live: false, senders: [{ connected: false }] },
        { live: true, senders: [{ connected: true }] },
      ],
    },
  ]);
  expect(await health()).toBe(2);

  later(86_400);
  expect(await health()).toBeNull();
  await other.write();
  expect(await database.owner.query('select hub from feed_listener')).toEqual([{ hub: 'b' }]);
  expect(await database.owner.query('select count(*)::int as senders from feed_sender')).toEqual([{ senders: 1 }]);
});

test('only senders whose figures changed are written again; at the end nobody is connected', async () => {
  let states = [state('north-adt')];
  const kept = hub('a', () => states);
  await kept.write();
  const versions = () => database.owner.query<{ xmin: string }>('select xmin::text from feed_sender');
  const before = await versions();
  later(5);
  await kept.write();
  expect(await versions()).toEqual(before);
  states = [state('north-adt', { connections: 0, senders: [{ ...ehr1, ...counted, connections: 0, since: null }] })];
  await kept.stop();
  const [listener] = await listenersOf(database.ingest, north, now);
  const gone = { connections: 0, since: null, lastMessageAt: '2026-03-03T19:59:00.000Z', messages: 3 };
  expect(listener).toMatchObject({ connections: 0, senders: [gone] });
});

test('the doctor tells of certificates that running hubs could not take over', async () => {
  const problem = 'feeds/north-adt.yaml: key, cert and ca of tls cannot be used together (ENOENT). Check the files.';
  const endsAt = new Date('2026-03-08T20:00:00Z');
  await hub('a', () => [state('north-adt', { certificate: { endsAt, problem } }), state('south-adt')]).write();
  expect(await checkListeners(database.ingest, now)).toMatchObject([
    { check: 'certificate :2575', state: 'problem', says: expect.stringContaining(`(it ends in 5 days): ${problem}`) },
  ]);
  later(60);
  expect(await checkListeners(database.ingest, now)).toEqual([]);
});

test('a database that is away is no reason to stop; it is written at the next turn', async () => {
  const told: string[] = [];
  let away = true;
  const kept = keepListenerStates({
    db: database.ingest,
    tenantOf: () => north.id,
    // What the database refuses stands for a database that is away.
    states: () => [state('north-adt', { port: away ? Number.NaN : 2575 })],
    clock: () => now,
    onFault: (detail) => told.push(detail),
    everyMs: 3_600_000,
  });
  await kept.write();
  await kept.write();
  expect(told).toEqual(['DatabaseError']);
  away = false;
  await kept.stop();
  expect(await listenersOf(database.ingest, north, now)).toHaveLength(1);
});
