/** Messages through the API: lists, opening, editing, replaying; who may, and that one tenant never reaches another's. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FORMATS } from '../../adapters/index.ts';
import { ROLES, createKey, type Role } from '../../src/access/keys.ts';
import { newId } from '../../src/db/ids.ts';
import type { StageContext, Tenant } from '../../src/db/stage.ts';
import { tenantId, withTenant } from '../../src/db/tenant.ts';
import { startHttp, type RunningHttp } from '../../src/http/server.ts';
import type { LogEntry } from '../../src/log.ts';
import { messageCommands } from '../../src/message-commands.ts';
import { PIPELINE } from '../../src/pipeline.ts';
import { createReceiver } from '../../src/receive/receiver.ts';
import { drain } from '../../src/worker.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';

interface Body {
  data?: Record<string, any> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: { redactions?: { path: string; class: string }[] };
}

const NOW = new Date('2026-03-03T20:00:00Z');
const SECRET = 'GEHEIM';
let database: TestDatabase;
let http: RunningHttp;
const tenants: Tenant[] = ['north', 'south'].map((name) => ({ id: tenantId(newId()), name, zone: 'UTC' }));
const [north, south] = tenants as [Tenant, Tenant];
const keys = new Map<string, string>();
const logged: LogEntry[] = [];
const faults: unknown[] = [];
let woken = 0;

const messageOf = (id: string, born: string): string =>
  [
    `MSH|^~\\&|EHR|M|HUB|L|20260302150405||ADT^A04|${id}|P|2.5.1`,
    `PID|1||${SECRET}${id}^^^LUNA^MR||${SECRET}^ANN||${born}|F`,
    'PV1|1|O|CLINIC^^^MAIN||||1234567893||||||||||||V1',
  ].join('\r');

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
         values ($1::uuid, 'adt', 'ehr', 'hl7v2', 'mllp', 'adt', '{}', 'UTC', '{}')`,
        [id],
      ),
    );
    for (const role of ROLES)
      keys.set(
        `${name} ${role}`,
        await createKey(database.ingest, { tenantId: id, name: role, role, days: 30, now: NOW }),
      );
  }
  const receiver = createReceiver(database.ingest, { clock: () => NOW });
  for (const [controlId, text] of [
    ['GOOD', messageOf('GOOD', '19800102')],
    ['BAD', messageOf('BAD', '19801342')],
    ['NONE', 'hello'],
  ] as const)
    await receiver.receive(north.id, 'adt', { controlId, name: 'mllp', bytes: Buffer.from(text) });
  await receiver.receive(south.id, 'adt', {
    controlId: 'SOUTH',
    name: 'mllp',
    bytes: Buffer.from(messageOf('S', '1980')),
  });
  await settle();
  http = await startHttp({
    port: 0,
    read: database.read,
    monitor: database.monitor,
    clock: () => NOW,
    tenants,
    commands: messageCommands({
      db: database.ingest,
      formats: FORMATS,
      clock: () => NOW,
      log: (entry) => logged.push(entry),
      wake: () => (woken += 1),
    }),
    onFault: (error) => faults.push(error),
  });
});
afterAll(async () => {
  await http.stop();
  await database.close();
});

async function settle(): Promise<void> {
  for (const tenant of tenants) {
    const context: StageContext = { db: database.ingest, tenant, tenants, clock: () => NOW, formats: FORMATS };
    await drain(PIPELINE, context);
  }
}

async function ask(query: string, variables: object = {}, role: Role = 'operator', tenant = 'north'): Promise<Body> {
  const response = await fetch(`http://127.0.0.1:${http.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.get(`${tenant} ${role}`)}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Body;
}
const codeOf = ({ errors }: Body): string | undefined => errors?.[0]?.extensions?.code;

async function idOf(controlId: string, tenant = 'north'): Promise<string> {
  const { data } = await ask(
    'query ($id: String!) { messages(filter: {controlId: {eq: $id}}) { nodes { id } } }',
    { id: controlId },
    'operator',
    tenant,
  );
  return data?.['messages'].nodes[0]?.id ?? '';
}

const OPEN =
  'mutation ($id: ID!) { openMessage(id: $id) { id state text complete units { position segments { name fields { place value problems parts { place } } } } } }';
const EDIT = 'mutation ($input: EditMessageInput!) { editMessage(input: $input) { id supersedes } }';
const REPLAY =
  'mutation ($filter: ReplayFilter!) { replayMessages(filter: $filter, reason: "mended") { id state total done } }';

describe('lists', () => {
  test('the latest first, filtered, with errors; a page continues', async () => {
    const { data, errors } = await ask(
      `{ messages(first: 2) { totalCount nodes { controlId state feed rejected errors { nodes { field message original } } } pageInfo { endCursor } }
         rejected: messages(filter: {state: {in: [REJECTED]}}) { nodes { controlId } }
         wrong: messages(filter: {errors: true, feed: {eq: "adt"}}, orderBy: ID) { nodes { controlId } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.['messages'].totalCount).toBe(3);
    expect(data?.['messages'].nodes.map((node: { controlId: string }) => node.controlId)).toEqual(['NONE', 'BAD']);
    expect(data?.['messages'].nodes[1]).toMatchObject({
      state: 'DONE',
      errors: { nodes: [{ field: 'PID-7', original: '19801342' }] },
    });
    expect(data?.['rejected'].nodes).toEqual([{ controlId: 'NONE' }]);
    expect(data?.['wrong'].nodes).toEqual([{ controlId: 'BAD' }, { controlId: 'NONE' }]);
    const after = data?.['messages'].pageInfo.endCursor;
    const next = await ask('query ($after: String) { messages(after: $after) { nodes { controlId } } }', { after });
    expect(next.data?.['messages'].nodes).toEqual([{ controlId: 'GOOD' }]);
  });

  test('values of patients are masked for roles that do not read them', async () => {
    const { data, extensions } = await ask(
      '{ messages(filter: {errors: true}) { nodes { controlId name errors { nodes { field original } } } } }',
      {},
      'analyst',
    );
    expect(JSON.stringify(data)).not.toMatch(/19801342|mllp/);
    expect(data?.['messages'].nodes[1].errors.nodes[0]).toEqual({ field: 'PID-7', original: null });
    expect(extensions?.redactions?.map(({ path }) => path)).toContain('messages.nodes.errors.nodes.original');
  });

  test('the role that reads has no way to the bytes', async () => {
    await expect(
      withTenant(database.read, north.id, (tx) =>
        tx.query('select payload from raw_message where tenant_id = $1', [north.id]),
      ),
    ).rejects.toMatchObject({ sqlstate: '42501' });
    await withTenant(database.read, north.id, (tx) =>
      tx.query('select control_id from raw_message where tenant_id = $1', [north.id]),
    );
  });
});

describe('opening', () => {
  test('text beside fields, the wrong one marked; that it was opened is logged without a value', async () => {
    const { data } = await ask(OPEN, { id: await idOf('BAD') });
    const opened = data?.['openMessage'];
    expect(opened).toMatchObject({ state: 'DONE', text: messageOf('BAD', '19801342'), complete: true });
    const [unit] = opened.units;
    expect(unit.segments.map((segment: { name: string }) => segment.name)).toEqual(['MSH', 'PID', 'PV1']);
    const wrong = unit.segments.flatMap((segment: { fields: { place: string; problems: string[] }[] }) =>
      segment.fields.filter(({ problems }) => problems.length > 0),
    );
    expect(wrong).toMatchObject([{ place: 'PID-7', value: '19801342' }]);
    expect(logged.at(-1)).toMatchObject({ event: 'message opened', rawId: opened.id });
    expect(JSON.stringify(logged)).not.toContain(SECRET);
  });

  test.each(ROLES)('a key of role %s may or may not, whatever the message', async (role) => {
    const may = ['operator', 'analyst_phi', 'auditor'].includes(role);
    const own = await ask(OPEN, { id: await idOf('GOOD') }, role);
    expect(codeOf(own)).toBe(may ? undefined : 'FORBIDDEN');
    // Refused before anything is looked at: nobody learns which messages there are.
    expect(codeOf(await ask(OPEN, { id: newId() }, role))).toBe(may ? 'NOT_FOUND' : 'FORBIDDEN');
    expect(JSON.stringify(own).includes(SECRET)).toBe(may);
  });
});

describe('editing and replaying', () => {
  const COMMANDS: [string, () => object][] = [
    [EDIT, () => ({ input: { id: newId(), set: [{ place: 'PID-8', value: 'F' }], reason: 'x' } })],
    [REPLAY, () => ({ filter: { states: ['REJECTED'] } })],
    [
      'mutation ($filter: ReplayFilter!) { countReplay(filter: $filter) { count } }',
      () => ({ filter: { states: ['HELD'] } }),
    ],
    ['mutation ($id: ID!) { stopReplay(id: $id) { id } }', () => ({ id: newId() })],
  ];
  test.each(ROLES.filter((role) => role !== 'operator'))('a key of role %s gives no commands', async (role) => {
    for (const [mutation, variables] of COMMANDS)
      expect(codeOf(await ask(mutation, variables(), role))).toBe('FORBIDDEN');
  });

  test('another tenant’s message is not there, for reading and for every command', async () => {
    const theirs = await idOf('SOUTH', 'south');
    expect(theirs).not.toBe('');
    expect((await ask('query ($id: ID!) { message(id: $id) { id } }', { id: theirs })).data).toEqual({ message: null });
    expect(codeOf(await ask(OPEN, { id: theirs }))).toBe('NOT_FOUND');
    const input = { id: theirs, set: [{ place: 'PID-8', value: 'F' }], reason: 'x' };
    expect(codeOf(await ask(EDIT, { input }))).toBe('NOT_FOUND');
  });

  test('an edited message takes the place of its original, and both say so', async () => {
    const original = await idOf('BAD');
    const before = woken;
    const input = { id: original, set: [{ place: 'PID-7', value: '19801102' }], reason: 'told by phone' };
    const { data, errors } = await ask(EDIT, { input });
    expect(errors).toBeUndefined();
    const edited = data?.['editMessage'].id;
    expect([data?.['editMessage'].supersedes, woken]).toEqual([original, before + 1]);
    await settle();
    const both = await ask(
      `query ($a: ID!, $b: ID!) { a: message(id: $a) { state supersededBy { reason editor edited { id } } }
         b: message(id: $b) { state accepted supersedes { original { id } } errors { totalCount } } }`,
      { a: original, b: edited },
    );
    expect(both.data).toMatchObject({
      a: { state: 'SUPERSEDED', supersededBy: { reason: 'told by phone', edited: { id: edited } } },
      b: { state: 'DONE', accepted: 1, supersedes: { original: { id: original } }, errors: { totalCount: 0 } },
    });
    expect(both.data?.['a'].supersededBy.editor).toMatch(/^key [0-9a-f]{12}$/);
    expect(codeOf(await ask(EDIT, { input }))).toBe('NOT_EDITABLE');
  });

  test.each([
    [{ set: [{ place: 'PID7', value: 'F' }] }, 'is no place'],
    [{ set: [{ place: 'ZZZ-1', value: 'F' }] }, '0 ZZZ segments'],
    [{}, 'set or text'],
    [{ set: [{ place: 'PID-8', value: 'F' }], text: 'MSH' }, 'set or text'],
    [{ set: [{ place: 'PID-8', value: 'F' }] }, 'changes nothing'],
  ])('an edit that cannot be made says why: %j', async (change, reason) => {
    const answer = await ask(EDIT, { input: { id: await idOf('GOOD'), reason: 'x', ...change } });
    expect([codeOf(answer), answer.errors?.[0]?.message]).toEqual(['BAD_USER_INPUT', expect.stringContaining(reason)]);
  });

  test('a replay is counted, started, told and stopped', async () => {
    const filter = { states: ['REJECTED'] };
    const counted = await ask(
      'mutation ($filter: ReplayFilter!) { countReplay(filter: $filter) { feed state count } }',
      { filter },
    );
    expect(counted.data).toEqual({ countReplay: [] });
    await database.owner.query(`update raw_state set received_at = '2026-03-03T19:00:00Z'`);
    const again = await ask('mutation ($filter: ReplayFilter!) { countReplay(filter: $filter) { feed state count } }', {
      filter,
    });
    expect(again.data).toEqual({ countReplay: [{ feed: 'adt', state: 'REJECTED', count: 1 }] });
    const { data } = await ask(REPLAY, { filter });
    const id: unknown = data?.['replayMessages'].id;
    expect(data?.['replayMessages']).toMatchObject({ state: 'RUNNING', total: 1, done: 0 });
    const stopped = await ask('mutation ($id: ID!) { stopReplay(id: $id) { state done } }', { id });
    expect(stopped.data).toEqual({ stopReplay: { state: 'STOPPED', done: 0 } });
    await ask(REPLAY, { filter });
    await settle();
    const replays = await ask('{ messageReplays { nodes { state total done reason startedBy } } }');
    expect(replays.data?.['messageReplays'].nodes).toMatchObject([
      { state: 'STOPPED', total: 1, done: 0 },
      { state: 'DONE', total: 1, done: 1, reason: 'mended' },
    ]);
  });

  test('a fault of the hub says nothing to the caller, and too many commands are refused unrun', async () => {
    const many = Array.from({ length: 11 }, (_, n) => `a${n}: openMessage(id: "${newId()}") { id }`).join(' ');
    expect(codeOf(await ask(`mutation { ${many} }`))).toBe('TOO_COSTLY');
    const fan = `mutation { ...a } fragment a on Mutation { ${many} }`;
    expect(codeOf(await ask(fan))).toBe('TOO_COSTLY');
    await database.owner.query('alter table message_edit rename to message_edit_away');
    const answer = await ask(OPEN, { id: await idOf('GOOD') });
    await database.owner.query('alter table message_edit_away rename to message_edit');
    expect([codeOf(answer), answer.errors?.[0]?.message]).toEqual([
      'INTERNAL_SERVER_ERROR',
      'The hub could not do this.',
    ]);
    expect(faults).toHaveLength(1);
  });
});
