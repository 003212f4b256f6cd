/** The FHIR transport against the simulated server: searches, deletions, exports, hooks, and servers that misbehave. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from 'fhir-kit-client';
import type { Turn, Turns } from '../../adapters/pickup/source.ts';
import { retryAfter } from '../../adapters/transports/fhir/server.ts';
import { FhirStore } from '../../src/simulate/fhir/store.ts';
import { freePort } from '../support/demo-process.ts';
import {
  at,
  closeAll,
  fhirConfig,
  filled,
  known,
  memoryCursors,
  poll,
  serve,
  twoMore,
  until,
} from '../support/fhir-feed.ts';

afterEach(closeAll);

describe('search', () => {
  test('all pages are delivered once, then only what is new or changed', async () => {
    const store = filled(12);
    const server = await serve(store);
    const { delivered, polls, cursors } = await poll(fhirConfig(server.url));
    await until('a whole poll', () => polls.length > 0);
    expect(delivered.map(({ name }) => name)).toEqual([
      'Patient page 1',
      'Patient page 2',
      'Patient page 3',
      'Encounter page 1',
      'Encounter page 2',
      'Encounter page 3',
    ]);
    expect((await known(delivered)).size).toBe(24);
    expect(cursors.positions.get('Encounter')).toBe(at(11));
    await twoMore(polls);
    expect(delivered).toHaveLength(6);
    store.put(
      { resourceType: 'Encounter', id: 'e3', status: 'cancelled', subject: { reference: 'Patient/p3' } },
      at(20),
    );
    await until('the change', async () => (await known(delivered)).get('e3') === 'CANCEL');
    await twoMore(polls);
    expect(delivered).toHaveLength(7);
    expect(cursors.positions.get('Encounter')).toBe(at(20));
  });

  test('what the server stored late, behind the watermark but inside the overlap, is found', async () => {
    const store = filled(3);
    const server = await serve(store);
    const { delivered, polls } = await poll(fhirConfig(server.url, { overlapSeconds: 600 }));
    await until('a whole poll', () => polls.length > 0);
    store.put({ resourceType: 'Patient', id: 'late', birthDate: '1980-01-01' }, at(-5));
    await until('the late one', async () => (await known(delivered)).has('late'));
  });

  test('a stamp of the future does not carry the watermark past the clock of the server', async () => {
    const store = filled(2);
    const server = await serve(store);
    const { polls, cursors, delivered } = await poll(fhirConfig(server.url));
    await until('a whole poll', () => polls.length > 0);
    store.put({ resourceType: 'Patient', id: 'future', birthDate: '1980-01-01' }, '2099-01-01T00:00:00.000Z');
    await until('it is delivered', async () => (await known(delivered)).has('future'));
    await twoMore(polls);
    expect(Date.parse(cursors.positions.get('Patient') ?? '')).toBeLessThanOrEqual(Date.now() + 1000);
    const count = delivered.length;
    await twoMore(polls);
    expect(delivered).toHaveLength(count);
  });

  test('a page is stored before the watermark moves, and a restart goes on behind it', async () => {
    const server = await serve(filled(12));
    const config = fhirConfig(server.url, { types: ['Patient'], overlapSeconds: 0 });
    const first = await poll(config, memoryCursors(), 1);
    await until('a failed poll', () => first.polls.some(({ failure }) => failure !== null));
    await first.running.stop();
    // The second page was not stored: the watermark is at the end of the first.
    expect(first.cursors.positions.get('Patient')).toBe(at(4));
    const second = await poll(config, first.cursors);
    await until('a whole poll', () => second.polls.length > 0);
    expect((await known([...first.delivered, ...second.delivered])).size).toBe(12);
    // Only the boundary itself is read again.
    expect((await known(second.delivered)).has('p0')).toBe(false);
  });

  test('without _sort the watermark moves at the end of the window only', async () => {
    const store = new FhirStore();
    for (const minute of [9, 2, 7, 1, 8, 3, 6, 4, 5, 0])
      store.put({ resourceType: 'Patient', id: `p${minute}`, birthDate: '1980-01-01' }, at(minute));
    const server = await serve(store, { sorts: false });
    const config = fhirConfig(server.url, { types: ['Patient'] });
    const first = await poll(config, memoryCursors(), 1);
    await until('a failed poll', () => first.polls.some(({ failure }) => failure !== null));
    await first.running.stop();
    expect(first.cursors.positions.get('Patient')).toBeUndefined();
    const second = await poll(config, first.cursors);
    await until('a whole poll', () => second.polls.length > 0);
    expect((await known(second.delivered)).size).toBe(10);
    expect(first.cursors.positions.get('Patient')).toBe(at(9));
  });

  test('deletions are seen through _history; a server without it is told once', async () => {
    const store = filled(7);
    const server = await serve(store);
    const { delivered, polls } = await poll(fhirConfig(server.url));
    await until('a whole poll', () => polls.length > 0);
    expect(delivered.some(({ name }) => name.includes('_history'))).toBe(false);
    store.delete('Encounter', 'e2', new Date().toISOString());
    await until('the tombstone', async () => (await known(delivered)).get('e2') === 'DELETE');
    await twoMore(polls);
    expect(delivered.filter(({ name }) => name.includes('_history'))).toHaveLength(1);

    const without = await serve(filled(2), { history: false });
    const second = await poll(fhirConfig(without.url));
    await twoMore(second.polls);
    expect(second.said.filter((line) => line.includes('deletions of this type are not seen'))).toHaveLength(2);
    expect(second.polls.every(({ failure }) => failure === null)).toBe(true);
  });
});

describe('a server that misbehaves', () => {
  test.each([true, false])('ends with the same as a good one (sorted: %s)', async (sorts) => {
    const good = await serve(filled(40), { sorts });
    const reference = await poll(fhirConfig(good.url));
    await until('a whole poll', () => reference.polls.length > 0);
    const server = await serve(filled(40), { sorts, bad: true });
    const { delivered, polls, said } = await poll(fhirConfig(server.url));
    await until('all is known', async () => (await known(delivered)).size === 80);
    expect(await known(delivered)).toEqual(await known(reference.delivered));
    await until('a good poll', () => polls.at(-1)?.failure === null);
    expect(Object.values(server.mood.done).every((count) => count > 0)).toBe(true);
    expect(said.some((line) => line.includes('the window begins again'))).toBe(true);
    expect(said.some((line) => line.includes('it is asked for again'))).toBe(true);
    // Nothing of what went wrong names a resource or a query.
    for (const line of said) expect(line).not.toMatch(/http|\?|p\d/);
  });

  test('Retry-After is seconds or a date, never longer than ten minutes', () => {
    const now = new Date('2026-03-01T00:00:00Z');
    expect(retryAfter('2', now)).toBe(2000);
    expect(retryAfter('Sun, 01 Mar 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(retryAfter('86400', now)).toBe(600_000);
    expect(retryAfter('soon', now)).toBeUndefined();
    expect(retryAfter(undefined, now)).toBeUndefined();
  });
});

describe('bulk export', () => {
  const BULK = { bulk: { of: '', everyHours: 0.000_001 } };

  test('files are delivered with the time of the export; the next one brings changes and deletions', async () => {
    const store = filled(9);
    const server = await serve(store);
    const { delivered, polls } = await poll(fhirConfig(server.url, BULK));
    await until('an export', async () => (await known(delivered)).size === 18);
    expect(Buffer.from(delivered[0]?.bytes ?? []).toString('utf8')).toMatch(
      /^{"resourceType":"Parameters".*transactionTime/,
    );
    const count = delivered.length;
    await twoMore(polls);
    // Nothing changed: nothing comes.
    expect(delivered).toHaveLength(count);
    store.delete('Encounter', 'e2', new Date().toISOString());
    await until('the deletion', async () => (await known(delivered)).get('e2') === 'DELETE');
    expect(polls.every(({ failure }) => failure === null)).toBe(true);
  });

  test('who prescribed stands before what names them, also when only the order changed', async () => {
    const store = new FhirStore();
    const identifier = [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1679576722' }];
    store.put({ resourceType: 'Practitioner', id: 'd1', identifier }, at(0));
    const order = (status: string) => ({
      resourceType: 'MedicationRequest',
      id: 'o1',
      status,
      subject: { reference: 'Patient/p1' },
      requester: { reference: 'Practitioner/d1' },
    });
    store.put(order('active'), at(1));
    const server = await serve(store);
    const { delivered } = await poll(fhirConfig(server.url, { ...BULK, types: ['MedicationRequest'] }));
    const texts = () => delivered.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
    const whole = (status: string) => (text: string) => text.includes(`"${status}"`) && text.includes('1679576722');
    await until('the order with its prescriber', () => texts().some(whole('active')));
    store.put(order('stopped'), new Date().toISOString());
    await until('the change with its prescriber', () => texts().some(whole('stopped')));
  });

  test('a restart goes on with the job; a job that the server lost is begun again', async () => {
    const server = await serve(filled(9));
    const cursors = memoryCursors();
    const first = await poll(fhirConfig(server.url, BULK), cursors, 1);
    await until('a failed poll', () => first.polls.some(({ failure }) => failure !== null));
    await first.running.stop();
    const state: unknown = JSON.parse(cursors.positions.get('$export') ?? '');
    expect(state).toMatchObject({ job: { done: ['output 0'] } });
    const second = await poll(fhirConfig(server.url, { bulk: { of: '', everyHours: 24 } }), cursors);
    await until('the rest', () => second.polls.length > 0);
    expect(second.delivered.map(({ name }) => name)).toEqual(['export output 2.1']);
    await second.running.stop();

    cursors.positions.set('$export', JSON.stringify({ job: { url: `${server.url}/export/99`, done: [] } }));
    const third = await poll(fhirConfig(server.url, { bulk: { of: '', everyHours: 24 } }), cursors);
    await until('a new export', async () => (await known(third.delivered)).size === 18);
    expect(third.said.some((line) => line.includes('the job is gone'))).toBe(true);
  });

  test('a server that misbehaves gives the same export', async () => {
    const server = await serve(filled(30), { bad: true });
    const { delivered } = await poll(fhirConfig(server.url, { bulk: { of: '', everyHours: 24 } }));
    await until('all of it', async () => (await known(delivered)).size === 60);
  });
});

test('a feed is polled in its turn only, and a pause ends a poll between two pages', async () => {
  const server = await serve(filled(12));
  let mine = false;
  let pages = 0;
  const turn: Turn = { check: () => undefined, goOn: () => Promise.resolve((pages += 1) < 3) };
  let ended = 0;
  const turns: Turns = {
    ask: () => Promise.resolve(mine ? turn : null),
    called: () => Promise.resolve(false),
    end: () => Promise.resolve(void (ended += 1)),
  };
  const { delivered, polls, running } = await poll(fhirConfig(server.url), memoryCursors(), undefined, turns);
  const asked = () => Object.values(server.requests).reduce((sum, count) => sum + count, 0);
  await new Promise((wake) => setTimeout(wake, 100));
  expect([polls.length, asked()]).toEqual([0, 0]);
  mine = true;
  await until('a poll', () => polls.length > 0);
  expect(polls[0]?.failure).toBe('the feed is paused');
  expect(delivered).toHaveLength(2);
  await running.stop();
  expect(ended).toBe(1);
});

test('a rest-hook wakes the poll when it knows the secret, and only then', async () => {
  const store = filled(1);
  const server = await serve(store);
  const hook = { port: await freePort(), host: '127.0.0.1', header: 'X-Hub-Secret', secret: 'a-secret-of-the-feed' };
  const { delivered, polls } = await poll(fhirConfig(server.url, { hook, pollSeconds: 3600 }));
  await until('the first poll', () => polls.length === 1);
  const knock = async (secret: string, method = 'POST'): Promise<number> =>
    (await fetch(`http://127.0.0.1:${hook.port}/`, { method, headers: { 'x-hub-secret': secret } })).status;
  store.put({ resourceType: 'Patient', id: 'new', birthDate: '1980-01-01' }, new Date().toISOString());
  expect(await knock('a-secret-of-another')).toBe(401);
  expect(await knock(hook.secret, 'GET')).toBe(405);
  expect(polls).toHaveLength(1);
  expect(await knock(hook.secret)).toBe(200);
  await until('the woken poll', async () => (await known(delivered)).has('new'));
  const clash = poll(fhirConfig(server.url, { hook }));
  await expect(clash).rejects.toThrow('source.fhir.hook.port');
});

/** A notification of the R5 backport for R4, with whatever the server chose to put in. */
const notification = (type: string, ...entries: object[]): object => ({
  resourceType: 'Bundle',
  type: 'history',
  meta: {
    profile: [
      'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-notification-r4',
    ],
  },
  entry: [
    {
      resource: {
        resourceType: 'Parameters',
        parameter: [
          { name: 'subscription', valueReference: { reference: 'Subscription/7' } },
          { name: 'topic', valueCanonical: 'https://ehr.example/topics/admission' },
          { name: 'status', valueCode: 'active' },
          { name: 'type', valueCode: type },
        ],
      },
      request: { method: 'GET', url: 'Subscription/7/$status' },
      response: { status: '200' },
    },
    ...entries,
  ],
});

test.each<[string, object]>([
  ['handshake', notification('handshake')],
  ['heartbeat', notification('heartbeat')],
  ['event without content', notification('event-notification')],
  [
    'event with a whole resource',
    notification('event-notification', {
      fullUrl: 'https://ehr.example/fhir/Patient/told',
      resource: { resourceType: 'Patient', id: 'told', birthDate: '1990-01-01', text: { div: 'x'.repeat(3_000_000) } },
      request: { method: 'PUT', url: 'Patient/told' },
      response: { status: '200' },
    }),
  ],
])(
  'a topic notification (%s) is a hint like a rest-hook: what it brings is read from the server',
  async (_name, body) => {
    const store = filled(1);
    const server = await serve(store);
    const hook = { port: await freePort(), host: '127.0.0.1', header: 'X-Hub-Secret', secret: 'a-secret-of-the-feed' };
    const { delivered, polls } = await poll(fhirConfig(server.url, { hook, pollSeconds: 3600 }));
    await until('the first poll', () => polls.length === 1);
    store.put({ resourceType: 'Patient', id: 'new', birthDate: '1980-01-01' }, new Date().toISOString());
    const send = async (secret: string): Promise<number> => {
      const headers = { 'content-type': 'application/fhir+json', 'x-hub-secret': secret };
      const sent = fetch(`http://127.0.0.1:${hook.port}/`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await sent).status;
    };
    expect(await send('a-secret-of-another')).toBe(401);
    expect(polls).toHaveLength(1);
    expect(await send(hook.secret)).toBe(200);
    await until('the woken poll', async () => (await known(delivered)).has('new'));
    expect((await known(delivered)).has('told')).toBe(false);
  },
);

test('an independent client reads the simulated server', async () => {
  const server = await serve(filled(7));
  const client = new Client({ baseUrl: server.url });
  let page: Awaited<ReturnType<Client['search']>> | undefined = await client.search({
    resourceType: 'Patient',
    searchParams: { _count: '3', _sort: '_lastUpdated' },
  });
  const ids: unknown[] = [];
  while (page !== undefined) {
    const entries: unknown = page['entry'];
    for (const entry of Array.isArray(entries) ? entries : []) ids.push(entry.resource.id);
    page = await client.nextPage({ bundle: page as Parameters<Client['nextPage']>[0]['bundle'] });
  }
  expect(ids).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
});

test('the port of the simulated server in use is a clear error', async () => {
  const server = await serve(filled(1));
  await expect(serve(filled(1), { port: server.port })).rejects.toThrow('set HUB_FHIR_PORT');
});
